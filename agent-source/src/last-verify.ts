import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { writeFileAtomic } from '@btsoot/shared/disk/durable.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import { blockPaths, type Paths } from './paths.js';
import type { SideResult, VerifyResult } from './verify-types.js';

/** How each side's last verification that came to its end went, as `verify.json` keeps it. */
export interface LastVerify {
  readonly source: LastSide | null;
  readonly remote: LastSide | null;
}

export type LastSide = SideResult & {
  /** Microseconds since the epoch. */
  readonly finishedUs: number;
};

/** A file that is damaged counts as none: it is only for people. */
export function readLastVerify(paths: Paths, block: string): LastVerify {
  const file = blockPaths(paths, block).lastVerify;
  try {
    const { source, remote } = Object(JSON.parse(readFileSync(file, 'utf8'))) as Record<keyof LastVerify, unknown>;
    return { source: isSide(source) ? source : null, remote: isSide(remote) ? remote : null };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return { source: null, remote: null };
    throw fromSystemError(error, `reading ${file}`);
  }
}

const COUNTS = [
  'files',
  'bytes',
  'damaged',
  'damagedInHistory',
  'changed',
  'skipped',
  'finishedUs',
] as const satisfies readonly (keyof LastSide)[];

function isSide(value: unknown): value is LastSide {
  const side = Object(value) as Record<string, unknown>;
  return COUNTS.every((count) => Number.isSafeInteger(side[count]));
}

/** A side that was not verified keeps what is known of it. */
export function writeLastVerify(paths: Paths, { block, source, remote }: VerifyResult, finishedUs: number): void {
  const file = blockPaths(paths, block).lastVerify;
  const before = readLastVerify(paths, block);
  const last: LastVerify = {
    source: source === null ? before.source : { ...source, finishedUs },
    remote: remote === null ? before.remote : { ...remote, finishedUs },
  };
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomic(fromText(file), `${JSON.stringify(last, null, 2)}\n`, 0o600);
}
