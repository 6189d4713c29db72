import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomic } from '@btsoot/shared/disk/durable.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import { blockPaths, type Paths } from './paths.js';

/** Somebody has asked the agent to begin nothing with a block by itself. */
export interface Pause {
  /** Microseconds since the epoch; 0: nobody knows. */
  readonly sinceUs: number;
}

/** Null where the block is not paused. A file that is damaged still says that it is. */
export function readPause(paths: Paths, block: string): Pause | null {
  const file = blockPaths(paths, block).pause;
  try {
    const { sinceUs } = Object(JSON.parse(readFileSync(file, 'utf8'))) as Record<keyof Pause, unknown>;
    return { sinceUs: typeof sinceUs === 'number' && Number.isSafeInteger(sinceUs) && sinceUs > 0 ? sinceUs : 0 };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    if (error instanceof SyntaxError) return { sinceUs: 0 };
    throw fromSystemError(error, `reading ${file}`);
  }
}

/** It outlives the agent. */
export function writePause(paths: Paths, block: string, pause: Pause | null): void {
  const file = blockPaths(paths, block).pause;
  if (pause === null) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomic(fromText(file), `${JSON.stringify(pause)}\n`, 0o600);
}
