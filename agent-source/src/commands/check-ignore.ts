import type { Decision } from '@btsoot/shared/filter/rules.js';
import { display, type TreePath } from '@btsoot/shared/model/bytes.js';
import { parseBlockPath } from '../block-path.js';
import { checkIgnored, type IgnoreVerdict } from '../check-ignore.js';
import { loadConfig } from '../config.js';
import { namedBlock } from '../context.js';
import { type ExitStatus, exitStatus } from '../exit-status.js';
import { rulesOf } from '../ignored.js';
import { findPaths } from '../paths.js';
import { openSource } from '../source-root.js';
import { checkingArguments } from '../usage-error.js';

/** Says which rule ignores each path, or takes it in again. */
export async function checkIgnoreCommand(
  name: string,
  texts: readonly string[],
  options: { readonly json?: true },
): Promise<ExitStatus> {
  const block = namedBlock(await loadConfig(findPaths()), name);
  const asked = texts.map((text) => ({
    path: checkingArguments(() => parseBlockPath(text, block.source)),
    isFolder: text.endsWith('/'),
  }));
  const root = openSource(block);
  try {
    for (const { path, isFolder } of asked) {
      const verdict = checkIgnored(root, rulesOf(block), path, isFolder);
      process.stdout.write(`${options.json === true ? jsonLine(path, verdict) : textLine(path, verdict)}\n`);
    }
  } finally {
    root.close();
  }
  return exitStatus.done;
}

function textLine(path: TreePath, verdict: IgnoreVerdict): string {
  const shown = shownPath(path);
  switch (verdict.kind) {
    case 'ignored': {
      const what = verdict.at === path ? '' : `its folder ${display(verdict.at)} is `;
      return `${shown}: ${what}ignored by ${where(verdict.decision)}`;
    }
    case 'included':
      return verdict.decision === null ? `${shown}: not ignored` : `${shown}: not ignored, for ${where(verdict.decision)}`;
    case 'unknown':
      return `${shown}: not known: ${shownPath(verdict.at)}: ${verdict.message}`;
    default:
      return verdict satisfies never;
  }
}

function jsonLine(path: TreePath, verdict: IgnoreVerdict): string {
  const decision = verdict.kind === 'unknown' ? null : verdict.decision;
  const rule =
    decision === null ? null : { origin: decision.origin, line: decision.pattern.line, pattern: display(decision.pattern.text) };
  const at = verdict.kind === 'included' ? null : display(verdict.at);
  return JSON.stringify({ path: display(path), kind: verdict.kind, at, rule });
}

function where({ origin, pattern }: Decision): string {
  return `${origin}:${pattern.line}: ${display(pattern.text)}`;
}

function shownPath(path: TreePath): string {
  return path === '' ? '.' : display(path);
}
