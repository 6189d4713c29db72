import { display } from '@btsoot/shared/model/bytes.js';
import { loadConfig } from '../config.js';
import { namedBlock } from '../context.js';
import { durationText } from '../duration.js';
import { type ExitStatus, exitStatus } from '../exit-status.js';
import { readLastResult } from '../last-result.js';
import { NO_PAINT } from '../output/paint.js';
import { healthText, pauseText } from '../output/status-text.js';
import { table } from '../output/table.js';
import { blockPaths, findPaths } from '../paths.js';
import { readPause } from '../pause.js';
import { displayTarget } from '../targets.js';

export async function showCommand(name: string, options: { readonly json?: true }): Promise<ExitStatus> {
  const paths = findPaths();
  const block = namedBlock(await loadConfig(paths), name);
  const last = await readLastResult(paths, name);
  const nowUs = Date.now() * 1000;
  const pause = readPause(paths, name, nowUs);
  const settings = {
    source: display(block.source),
    target: displayTarget(block.target),
    source_identity: block.sourceIdentity,
    drift: block.drift,
    owners: block.owners,
    specials: block.specials,
    readers: block.readers ?? 'auto',
    guard_percent: block.guard.sharePercent,
    guard_entries: block.guard.entries,
    ignore: block.ignore.map(display),
    ignored: block.ignored,
    watch: block.watch,
    settle: durationText(block.settleMs),
    schedule: block.schedule?.text ?? null,
    run_before: block.hooks.before,
    run_after: block.hooks.after,
    run_limit: durationText(block.hooks.limitMs),
    ping: block.ping,
  };
  const state = blockPaths(paths, name).directory;
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ name, ...settings, state, config: paths.configFile, last, pause })}\n`);
    return exitStatus.done;
  }
  const rows = Object.entries(settings).map(([key, value]) => [
    key,
    Array.isArray(value) ? value.join('  ') : String(value ?? '-'),
  ]);
  rows.push(['state', state], ['config', paths.configFile], ['last sync', healthText(last, nowUs, NO_PAINT)]);
  if (pause !== null) rows.push(['by itself', pauseText(pause, nowUs)]);
  process.stdout.write(
    table(rows)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return exitStatus.done;
}
