import { display, fromText, type TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError, fromSystemError } from '@btsoot/shared/model/errors.js';
import { BlockStore, type OpenBlock } from '../blocks.js';
import { readConfig } from '../config.js';
import { type Layout, layoutOf } from '../layout.js';
import { bytesText, explain, print } from '../output.js';
import { nowUs } from '../remote.js';
import { letGo } from '../retention.js';
import { rulesOf } from '../retention-config.js';
import { candidates, dueThrough, type RetentionRules } from '../retention-rules.js';
import { lockRoot } from '../root-lock.js';
import { requireRoot } from './init.js';

export interface PruneOptions {
  readonly root: string;
  /** Null: all blocks. */
  readonly block: string | null;
  /** Null, both of them: by the rules in `remote.json`. */
  readonly keepDays: number | null;
  readonly keepSessions: number | null;
  readonly dryRun: boolean;
  readonly json: boolean;
}

interface Pruned {
  readonly folder: string;
  readonly versions: number;
  /** About. */
  readonly bytes: number;
  readonly sessionsGone: number;
  readonly sessionsLeft: number;
  /** That could not be deleted. */
  readonly failed: number;
}

/** Lets history go now, on the machine that keeps it: the only place from which it can be shortened. */
export async function prune(options: PruneOptions): Promise<void> {
  const layout = layoutOf(options.root);
  requireRoot(layout);
  const lock = options.dryRun ? null : lockRoot(layout, 'prunes it');
  const store = new BlockStore(layout);
  try {
    const rules = rulesFor(layout, options);
    const pruned: Pruned[] = [];
    for (const folder of foldersOf(store, options.block)) pruned.push(await pruneBlock(store, folder, rules, options));
    if (options.json) print(JSON.stringify({ dryRun: options.dryRun, blocks: pruned }));
    else for (const one of pruned) print(line(one, options.dryRun));
    if (pruned.some(({ failed }) => failed > 0)) process.exitCode = 1;
  } finally {
    store.close();
    lock?.release();
  }
}

function rulesFor(layout: Layout, { keepDays, keepSessions }: PruneOptions): RetentionRules {
  if (keepDays === null && keepSessions === null) return rulesOf(readConfig(layout)?.retention);
  return {
    keepDays: keepDays ?? Number.POSITIVE_INFINITY,
    keepSessionsMin: 1,
    keepSessionsMax: keepSessions,
    freeSpaceMin: null,
    minAgeDays: 0,
  };
}

function foldersOf(store: BlockStore, block: string | null): TreePath[] {
  const all = store.list();
  if (block === null) return all;
  const folder = fromText(block.replace(/^\/+|\/+$/g, '')) as TreePath;
  if (all.includes(folder)) return [folder];
  throw new BtsootError('not-found', `there is no block "${block}" below this root`, {
    hint: `There is ${all.length === 0 ? 'none yet' : all.map((one) => `"${display(one)}"`).join(', ')}.`,
  });
}

async function pruneBlock(store: BlockStore, folder: TreePath, rules: RetentionRules, { dryRun }: PruneOptions): Promise<Pruned> {
  const hold = store.hold(folder);
  try {
    const { manifest } = hold.block;
    const sessions = manifest.sessions();
    const found = candidates(sessions, rules, nowUs());
    const through = dueThrough(found);
    const going = found.sessions.filter(({ number }) => number <= through);
    const counts = {
      folder: display(folder),
      sessionsGone: Math.max(0, going.length - 1),
      sessionsLeft: sessions.length - Math.max(0, going.length - 1),
    };
    if (!dryRun) return { ...counts, ...(await carryOut(hold.block, through)) };
    const versions = going.reduce((sum, { keptVersions }) => sum + keptVersions, 0);
    const bytes = going.reduce((sum, { keptBytes }) => sum + keptBytes, 0);
    return { ...counts, versions, bytes, failed: 0 };
  } finally {
    hold.release();
  }
}

async function carryOut(block: OpenBlock, through: number): Promise<Pick<Pruned, 'versions' | 'bytes' | 'failed'>> {
  const { removed, freedBytes, failed } = await letGo(block, through, new AbortController().signal);
  for (const error of failed.values()) explain(`error: ${fromSystemError(error, 'removing old history').message}`);
  return { versions: removed, bytes: freedBytes, failed: failed.size };
}

function line({ folder, versions, bytes, sessionsGone, sessionsLeft, failed }: Pruned, dryRun: boolean): string {
  const what = versions === 0 ? 'nothing' : `${counted(versions, 'old version')}, about ${bytesText(bytes)}`;
  const sessions = sessionsGone === 0 ? '' : `; ${counted(sessionsGone, 'session')} can no longer be restored`;
  const left =
    sessionsGone === 0
      ? `; ${counted(sessionsLeft, 'session')} can be restored`
      : `; ${sessionsLeft} can${dryRun ? ' after that' : ''}`;
  const rest = failed === 0 ? '' : `; ${failed} could not be deleted and stay for the next time`;
  return `${folder}: ${dryRun ? 'would remove' : 'removed'} ${what}${sessions}${left}${rest}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
