import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { pathBytes } from '../disk/byte-path.js';
import { BtsootError, errnoOf } from '../model/errors.js';
import type { Action, Staged } from './action.js';
import type { Manner } from './executor.js';

/**
 * What the journal holds while a group is executed: its actions, and the name of a progress file in the staging
 * folder, which gets one character for each action that was executed. The journal is durable before the first
 * rename; the progress file is not, it only tells a process that died from one that did not get that far. After a
 * power cut it may say less than what was done, and `ensure` finds the rest on the disk.
 */
export interface Journal {
  readonly progressName: string;
  readonly actions: readonly Action[];
}

export function encodeJournal(journal: Journal): Buffer {
  return Buffer.from(JSON.stringify(journal), 'utf8');
}

/**
 * Only ever reads what `encodeJournal` wrote into our own database, in this version of it or an earlier one.
 * @throws BtsootError of kind `corrupt` where that was damaged.
 */
export function decodeJournal(blob: Buffer): Journal {
  const { progressName, actions } = parse(blob);
  return { progressName, actions: actions.map((action) => ({ ...action, staged: withKind(action.staged) })) };
}

function parse(blob: Buffer): Journal {
  try {
    const journal: unknown = JSON.parse(blob.toString('utf8'));
    if (isJournal(journal)) return journal;
  } catch {
    // Told below.
  }
  throw new BtsootError('corrupt', 'the journal of steps that were cut off is damaged', {
    hint: 'Is the disk failing? The block is as it was left; its manifest can be made anew by moving it away.',
  });
}

/** Of its form as far as a damaged one could be taken for another: what the steps say is checked when they are executed. */
function isJournal(value: unknown): value is Journal {
  const { progressName, actions } = Object(value) as Partial<Record<keyof Journal, unknown>>;
  return typeof progressName === 'string' && !/[/\0]/.test(progressName) && Array.isArray(actions) && actions.every(isAction);
}

function isAction(value: unknown): boolean {
  const { index, step, staged, slot } = Object(value) as Partial<Record<keyof Action, unknown>>;
  const hasStep = typeof step === 'object' && step !== null && typeof (step as { kind?: unknown }).kind === 'string';
  return Number.isSafeInteger(index) && hasStep && typeof staged === 'object' && typeof slot === 'string' && !/[/\0]/.test(slot);
}

/** Before files were patched in place, what was staged had no kind. */
function withKind(staged: Staged | (Omit<Extract<Staged, { kind: 'new' }>, 'kind'> & { kind?: never }) | null): Staged | null {
  return staged === null || staged.kind !== undefined ? staged : { ...staged, kind: 'new' };
}

export interface Progress {
  mark(done: boolean): void;
  close(): void;
}

export function openProgress(stagingPath: string, name: string): Progress {
  const descriptor = openSync(pathBytes(`${stagingPath}/${name}`), 'a', 0o600);
  const [doneMark, failedMark] = [Buffer.from('+'), Buffer.from('-')];
  return {
    mark: (done) => void writeSync(descriptor, done ? doneMark : failedMark),
    close: () => closeSync(descriptor),
  };
}

/** How each action of a journal that a crash left is to be treated; `skip` for one that had failed. */
export function readProgress(stagingPath: string, { progressName, actions }: Journal): (Manner | 'skip')[] {
  const marks = readMarks(pathBytes(`${stagingPath}/${progressName}`));
  return actions.map((_action, at) => (marks[at] === '+' ? 'rows' : marks[at] === '-' ? 'skip' : 'ensure'));
}

function readMarks(path: Buffer): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}
