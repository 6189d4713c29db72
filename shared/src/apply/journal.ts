import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { bootId } from '../disk/boot.js';
import { pathBytes } from '../disk/byte-path.js';
import { BtsootError, errnoOf } from '../model/errors.js';
import type { Step } from '../model/step.js';
import { NO_XATTRS } from '../model/xattrs.js';
import type { Action, Staged } from './action.js';
import type { Manner } from './executor.js';

/**
 * What the journal holds while a group is executed: its actions, and the name of a progress file in the staging
 * folder, which gets one character for each action that was executed. The journal is durable before the first
 * rename; the progress file is not, it only tells a process that died from one that did not get that far. After a
 * power cut it may say less than what was done, or more than what has become durable of it: then it says nothing.
 */
export interface Journal {
  readonly progressName: string;
  /** When the progress file was written, see `bootId`; empty where nobody can tell. */
  readonly boot: string;
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
  const { progressName, boot = '', actions } = parse(blob);
  return { progressName, boot, actions: actions.map(asNow) };
}

/** As it was written: earlier versions did not name the boot. */
type Written = Omit<Journal, 'boot'> & { readonly boot?: string };

function parse(blob: Buffer): Written {
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
function isJournal(value: unknown): value is Written {
  const { progressName, boot, actions } = Object(value) as Partial<Record<keyof Journal, unknown>>;
  if (boot !== undefined && typeof boot !== 'string') return false;
  return typeof progressName === 'string' && !/[/\0]/.test(progressName) && Array.isArray(actions) && actions.every(isAction);
}

function isAction(value: unknown): boolean {
  const { index, step, staged, slot } = Object(value) as Partial<Record<keyof Action, unknown>>;
  const hasStep = typeof step === 'object' && step !== null && typeof (step as { kind?: unknown }).kind === 'string';
  return Number.isSafeInteger(index) && hasStep && typeof staged === 'object' && typeof slot === 'string' && !/[/\0]/.test(slot);
}

/** Before steps were meant for a row, none had any. */
function asNow(action: Action): Action {
  return { ...action, rowId: action.rowId ?? null, step: withXattrs(action.step), staged: withKind(action.staged) };
}

/** Before extended attributes were mirrored, no step had any. */
function withXattrs(step: Step): Step {
  return 'meta' in step ? { ...step, meta: { ...step.meta, xattrs: step.meta.xattrs ?? NO_XATTRS } } : step;
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
export function readProgress(stagingPath: string, { progressName, boot, actions }: Journal): (Manner | 'skip')[] {
  const isSound = boot !== '' && boot === bootId();
  const marks = isSound ? readMarks(pathBytes(`${stagingPath}/${progressName}`)) : '';
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
