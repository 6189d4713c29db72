import { type BlockStanding, standingOf } from '../block-standing.js';
import { loadConfig } from '../config.js';
import { type ExitStatus, exitStatus } from '../exit-status.js';
import { formatMoment } from '../output/human.js';
import { choosePaint, type Paint } from '../output/paint.js';
import { answerText, healthText, type PlannedSync, pastText, pauseText, plannedText } from '../output/status-text.js';
import { table } from '../output/table.js';
import { findPaths, type Paths } from '../paths.js';
import type { Block } from '../sync-types.js';
import { findAgent } from '../trigger.js';
import { knownOfSource } from '../verify-source.js';

interface AgentView {
  readonly pid: number;
  readonly startedUs: number;
  readonly running: readonly { readonly block: string; readonly phase: string; readonly startedUs: number }[];
  readonly planned: readonly PlannedSync[];
}

interface BlockView extends BlockStanding {
  /** Files of the source that are known to be damaged. */
  readonly damaged: number;
}

export async function statusCommand(options: { readonly json?: true }): Promise<ExitStatus> {
  const paths = findPaths();
  const config = await loadConfig(paths);
  const agent = await askAgent(paths);
  const blocks = await Promise.all(
    [...config.blocks.values()].map((block) => blockView(paths, block, config.notify.staleAfterMs)),
  );
  const text =
    options.json === true
      ? `${JSON.stringify({ agent, blocks, log: paths.logFile })}\n`
      : statusText(agent, blocks, paths, choosePaint(process.stdout.isTTY));
  process.stdout.write(text);
  return exitStatus.done;
}

function damageText({ damaged, verified }: BlockView, nowUs: number, paint: Paint): string {
  const onRemote = verified.remote === null ? 0 : verified.remote.damaged + verified.remote.damagedInHistory;
  const found = [
    ...(damaged > 0 ? [`${damaged} damaged in the source`] : []),
    ...(onRemote > 0 ? [`${onRemote} damaged on the remote when last verified`] : []),
  ];
  const times = [verified.source, verified.remote].flatMap((side) => (side === null ? [] : [side.finishedUs]));
  const when = times.length === 0 ? '' : `; verified ${formatMoment(Math.max(...times), nowUs)}`;
  return `${found.length === 0 ? '' : `; ${paint.bad(found.join(', '))}`}${when}`;
}

async function blockView(paths: Paths, block: Block, staleAfterMs: number): Promise<BlockView> {
  const standing = await standingOf(paths, block, Date.now() * 1000, staleAfterMs);
  return { ...standing, damaged: knownOfSource({ paths }, block) };
}

async function askAgent(paths: Paths): Promise<AgentView | null> {
  const client = await findAgent(paths);
  if (client === null) return null;
  try {
    return await client.agentStatus();
  } finally {
    client.close();
  }
}

function statusText(agent: AgentView | null, blocks: readonly BlockView[], paths: Paths, paint: Paint): string {
  const nowUs = Date.now() * 1000;
  const rows = blocks.flatMap((block) => {
    const running = agent?.running.find((run) => run.block === block.name);
    const now = running === undefined ? '' : `${paint.bold(`running (${running.phase})`)}; before: `;
    const planned = agent?.planned.find((plan) => plan.block === block.name);
    const past = [pastText(block.last), pauseText(block.pause, nowUs), plannedText(planned, nowUs)]
      .filter((text) => text !== '')
      .join('; ');
    const health = [block.name, `${now}${healthText(block.last, nowUs, paint)}${damageText(block, nowUs, paint)}`];
    return past === '' ? [health] : [health, ['', paint.dim(past)]];
  });
  const who =
    agent === null
      ? `No agent runs: \`btsoot sync\` does the work itself, and logs to ${paths.logFile}.`
      : `The agent runs, process ${agent.pid}, since ${formatMoment(agent.startedUs, nowUs)}; it logs to its stderr.`;
  const lines = [answerText(blocks, paint), ...table(rows), who];
  return lines.map((line) => `${line}\n`).join('');
}
