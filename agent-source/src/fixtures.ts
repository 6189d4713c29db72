/** What several tests build. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import type { PlanSummary } from '@btsoot/shared/model/step.js';
import { BLOCK_DEFAULTS } from './block-defaults.js';
import { NO_CONFIG } from './config.js';
import { makeContext } from './context.js';
import { NO_DRIFT } from './drift-view.js';
import { NO_LOG } from './log.js';
import { findPaths, type Paths } from './paths.js';
import type { Block, Context, SyncResult } from './sync-types.js';

/** Gone when the test's process ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'btsoot-source-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function temporaryPaths(): Paths {
  const home = temporaryDirectory();
  return findPaths({ BTSOOT_CONFIG: `${home}/config`, BTSOOT_STATE: `${home}/state` });
}

export function block(name: string): Block {
  return {
    name,
    source: `/source/${name}`,
    sourceIdentity: 'uuid:1',
    target: { kind: 'local', root: '/target', folder: name as TreePath },
    ...BLOCK_DEFAULTS,
  };
}

export function contextOf(paths: Paths, ...blocks: readonly Block[]): Context {
  const config = { ...NO_CONFIG, file: paths.configFile, blocks: new Map(blocks.map((one) => [one.name, one])) };
  return makeContext(config, paths, NO_LOG);
}

export function syncResult(changes: Partial<SyncResult> = {}): SyncResult {
  return {
    kind: 'done',
    block: 'photos',
    plan: null,
    reasons: [],
    problems: [],
    problemCount: 0,
    sentBytes: 2_100_000,
    savedBytes: 380_000_000_000,
    steps: 31,
    durationMs: 12_000,
    entries: 8_310,
    session: 4,
    specials: 0,
    unheldXattrs: 0,
    ignored: 0,
    acceptable: true,
    drift: NO_DRIFT,
    history: null,
    notes: [],
    ...changes,
  };
}

export const SUMMARY: PlanSummary = {
  makeDirectory: 0,
  move: 0,
  put: 0,
  copy: 0,
  link: 0,
  hardLink: 0,
  makeSpecial: 0,
  setMetadata: 0,
  remove: 0,
  wireBytes: 0,
  storeBytes: 0,
  savedBytes: 0,
  removedEntries: 0,
  overwrittenEntries: 0,
  lostBytes: 0,
  keptEntries: 0,
};
