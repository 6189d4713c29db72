import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomic } from '@btsoot/shared/disk/durable.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { BtsootError, errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { durationText } from './duration.js';
import { blockPaths, type Paths } from './paths.js';

/** Somebody has asked the agent to begin nothing with a block by itself. */
export interface Pause {
  /** Microseconds since the epoch; 0: nobody knows. */
  readonly sinceUs: number;
  /** Microseconds since the epoch; null: until somebody resumes it. */
  readonly untilUs: number | null;
}

/** What a pause that is asked for now is. One that goes on keeps its begin, and has another end. */
export function pauseFrom(before: Pause | null, untilUs: number | null, nowUs: number): Pause {
  return { sinceUs: before === null || before.sinceUs === 0 ? nowUs : before.sinceUs, untilUs };
}

/** @throws BtsootError of kind `invalid` for an end that is over, or too far away. */
export function checkPauseEnd(untilUs: number, nowUs: number): void {
  if (untilUs > nowUs && untilUs <= nowUs + limits.pauseMaxMs * 1000) return;
  throw new BtsootError('invalid', 'a pause cannot end then', {
    hint: `Its end is at most ${durationText(limits.pauseMaxMs)} from now; without one it lasts until \`btsoot resume\`.`,
  });
}

/** Null where the block is not paused, or no longer. A file that is damaged still says that it is. */
export function readPause(paths: Paths, block: string, nowUs: number): Pause | null {
  const file = blockPaths(paths, block).pause;
  try {
    const { sinceUs, untilUs } = Object(JSON.parse(readFileSync(file, 'utf8'))) as Record<keyof Pause, unknown>;
    const pause = { sinceUs: timeIn(sinceUs) ?? 0, untilUs: timeIn(untilUs) };
    return pause.untilUs !== null && pause.untilUs <= nowUs ? null : pause;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    if (error instanceof SyntaxError) return { sinceUs: 0, untilUs: null };
    throw fromSystemError(error, `reading ${file}`);
  }
}

function timeIn(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
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
