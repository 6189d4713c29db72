import { syncFileSystem } from '../disk/durable.js';
import type { TreeRoot } from '../disk/tree-root.js';
import type { Manifest } from '../manifest/manifest.js';
import { contentKey, type FileNode } from '../model/entry.js';
import { BtsootError, fromSystemError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { FileStep, Outcome, Place, Step } from '../model/step.js';
import { type Action, type Staged, StepFailed, type StepResult } from './action.js';
import { type Area, sweepStaging } from './area.js';
import { GroupCommit } from './group-commit.js';
import { Places } from './places.js';
import { sameIdentity } from './resolve.js';
import { type StagedFile, Staging } from './staging.js';

export interface Committed {
  /** Every step below this number is durable, or named in a failure. */
  readonly steps: number;
  readonly failures: readonly { readonly step: number; readonly outcome: Exclude<Outcome, { kind: 'done' }> }[];
}

export interface ApplierOptions {
  readonly tree: TreeRoot;
  readonly manifest: Manifest;
  readonly area: Area;
  /** Whether owners can be set here. */
  readonly chown: boolean;
  readonly hardLinks: boolean;
  /** Whose session this is in history; null keeps no history rows. */
  readonly sourceName: string | null;
  /** Microseconds since the epoch. */
  readonly now: () => number;
  readonly onCommitted: (committed: Committed) => void;
}

type Pending = { readonly action: Action } | { readonly failed: StepResult };

type Receiving =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'file'; readonly index: number; readonly step: FileStep; readonly file: StagedFile }
  /** The file failed already; what still comes of it is dropped. */
  | { readonly kind: 'dropping'; remainingBytes: number };

/**
 * Executes a plan's steps on a tree, in groups: everything new is staged and made durable, the group is written to
 * the journal, its renames are done and made durable, its rows are committed, and only then is it acknowledged.
 * Calls must not overlap.
 */
export class Applier {
  readonly #o: ApplierOptions;
  readonly #staging: Staging;
  readonly #commit: GroupCommit;
  #receiving: Receiving = { kind: 'nothing' };
  #group: Pending[] = [];
  #groupBytes = 0;
  #groupNameBytes = 0;
  #groupStartedUs = 0;
  /** What this group brings, by content: a copy may want it before it has its name. */
  readonly #staged = new Map<string, Staged>();
  #steps = 0;

  constructor(options: ApplierOptions) {
    this.#o = options;
    this.#staging = new Staging(options.area.staging.path, { chown: options.chown });
    this.#commit = new GroupCommit(options, this.#staging);
  }

  /** Finishes what a crash left behind, before the tree is looked at; see `GroupCommit.recover`. */
  recover(): boolean {
    const isDue = this.#commit.recover();
    sweepStaging(this.#o.area);
    return isDue;
  }

  /** Takes one step. A put without inline bytes is followed by `data` until its size has come, or by `withdraw`. */
  async step(step: Step, inline: Buffer | null): Promise<void> {
    if (this.#receiving.kind !== 'nothing') throw new BtsootError('invalid', 'a step came before the last file was complete');
    const index = this.#steps++;
    if (this.#group.length === 0) this.#groupStartedUs = this.#o.now();
    if (step.kind === 'put' && inline === null) return this.#open(index, step);
    await this.#stage(index, step, inline);
    await this.#commitIfDue();
  }

  async data(bytes: Buffer): Promise<void> {
    const receiving = this.#receiving;
    switch (receiving.kind) {
      case 'nothing':
        throw new BtsootError('invalid', 'file data came without a step that announces it');
      case 'dropping':
        if (bytes.length > receiving.remainingBytes) throw new BtsootError('invalid', 'more file data came than announced');
        receiving.remainingBytes -= bytes.length;
        if (receiving.remainingBytes === 0) this.#receiving = { kind: 'nothing' };
        return;
      case 'file':
        return this.#receive(receiving, bytes);
    }
  }

  /** The file being received will not be completed. */
  async withdraw(message: string): Promise<void> {
    const receiving = this.#receiving;
    if (receiving.kind === 'nothing') throw new BtsootError('invalid', 'nothing to withdraw');
    this.#receiving = { kind: 'nothing' };
    if (receiving.kind === 'dropping') return;
    await receiving.file.discard();
    this.#fail(receiving.index, new StepFailed({ kind: 'withdrawn', message }));
  }

  /** Commits the group at hand, however small. */
  async flush(): Promise<void> {
    if (this.#group.length === 0) return;
    const group = this.#group;
    const actions = group.flatMap((pending) => ('action' in pending ? [pending.action] : []));
    const failed = group.flatMap((pending) => ('failed' in pending ? [pending.failed] : []));
    const staged = actions.flatMap((action) => (action.staged === null ? [] : [this.#staging.path(action.staged.name)]));
    if (staged.length > 0) await syncFileSystem(this.#o.area.staging.path, staged);
    this.#group = [];
    this.#groupBytes = 0;
    this.#groupNameBytes = 0;
    this.#staged.clear();
    const results = actions.length === 0 ? [] : this.#commit.run(actions);
    this.#o.onCommitted({ steps: this.#committedSteps(), failures: failuresOf([...failed, ...results]) });
  }

  /** After the last step: commits, closes the session in history and says the state that the tree has arrived at. */
  async finish(): Promise<{ stateDigest: string; sessionNumber: number }> {
    if (this.#receiving.kind !== 'nothing') throw new BtsootError('invalid', 'the end came before the last file was complete');
    await this.flush();
    const sessionNumber = this.#commit.end(this.#steps);
    return { stateDigest: this.#o.manifest.stateDigest(), sessionNumber };
  }

  /** The other side has gone: keeps what is whole and drops the rest. */
  async abort(): Promise<void> {
    const receiving = this.#receiving;
    this.#receiving = { kind: 'nothing' };
    if (receiving.kind === 'file') await receiving.file.discard();
    // A group that broke off half executed is for `recover` to finish: its journal must stay as it is.
    if (this.#o.manifest.journal() !== null) return;
    await this.flush();
    this.#commit.end(this.#steps);
  }

  #committedSteps(): number {
    return this.#receiving.kind === 'file' ? this.#receiving.index : this.#steps;
  }

  async #open(index: number, step: FileStep): Promise<void> {
    try {
      const file = await this.#staging.file(step.content, step.meta);
      this.#receiving = { kind: 'file', index, step, file };
    } catch (error) {
      this.#fail(index, error);
      this.#receiving = { kind: 'dropping', remainingBytes: step.content.sizeBytes };
    }
  }

  async #receive(receiving: Extract<Receiving, { kind: 'file' }>, bytes: Buffer): Promise<void> {
    const { file, index, step } = receiving;
    const remainingBytes = file.remainingBytes - bytes.length;
    if (remainingBytes < 0) throw new BtsootError('invalid', 'more file data came than announced');
    try {
      await file.write(bytes);
      if (remainingBytes > 0) return;
      this.#add(index, step, await file.complete());
    } catch (error) {
      await file.discard();
      this.#fail(index, error);
      this.#receiving = remainingBytes === 0 ? { kind: 'nothing' } : { kind: 'dropping', remainingBytes };
      return;
    }
    this.#receiving = { kind: 'nothing' };
    await this.#commitIfDue();
  }

  async #stage(index: number, step: Step, inline: Buffer | null): Promise<void> {
    try {
      this.#add(index, step, await this.#prepare(step, inline));
    } catch (error) {
      this.#fail(index, error);
    }
  }

  async #prepare(step: Step, inline: Buffer | null): Promise<Staged | null> {
    switch (step.kind) {
      case 'make-directory':
        return this.#staging.directory(step.meta);
      case 'link':
        return this.#staging.symlink(step.target, step.meta);
      case 'copy':
        return this.#copy(step);
      case 'put':
        return this.#staging.whole(inline ?? Buffer.alloc(0), step.content, step.meta);
      case 'move':
      case 'set-metadata':
      case 'remove':
        return null;
    }
  }

  async #copy(step: FileStep): Promise<Staged> {
    const staged = this.#staged.get(contentKey(step.content));
    if (staged !== undefined) return this.#staging.copy(this.#staging.path(staged.name), step.content, step.meta);
    const { tree, area, manifest } = this.#o;
    const places = new Places(tree, area, manifest);
    let failure: unknown = new StepFailed({ kind: 'failed', message: 'no file here holds this content', noSpace: false });
    try {
      for (const holder of manifest.holdersOf(step.content, limits.holdersTriedMax)) {
        try {
          return await this.#copyFrom(holder, step, places);
        } catch (error) {
          failure = error;
          if (!isHoldersFault(error)) break;
        }
      }
      throw failure;
    } finally {
      places.close();
    }
  }

  async #copyFrom(holder: FileNode, step: FileStep, places: Places): Promise<Staged> {
    const { manifest } = this.#o;
    try {
      this.#checkHolder(holder, places);
      return await this.#staging.copy(places.place(holder.parent, holder.name), step.content, step.meta);
    } catch (error) {
      // The next check of the tree must read this file again. History is not checked: it is judged at each use.
      if (isHoldersFault(error) && manifest.locate(holder.id).area === 'tree') manifest.setSeen(holder.id, null);
      throw error;
    }
  }

  #checkHolder(holder: FileNode, places: Places): void {
    const known = this.#o.manifest.seen(holder.id);
    const now = places.look(holder.parent, holder.name);
    if (known === null || now === null || !sameIdentity(known, now, 'file')) {
      throw new StepFailed({ kind: 'drift', message: 'the file that holds this content has changed on the disk' });
    }
  }

  #add(index: number, step: Step, staged: Staged | null): void {
    this.#group.push({ action: { index, step, staged, slot: this.#commit.newSlot() } });
    this.#groupNameBytes += nameBytes(step);
    if (staged !== null && (step.kind === 'put' || step.kind === 'copy')) {
      this.#groupBytes += step.content.sizeBytes;
      this.#staged.set(contentKey(step.content), staged);
    }
  }

  #fail(index: number, error: unknown): void {
    const outcome = error instanceof StepFailed ? error.outcome : failedOutcome(error);
    this.#group.push({ failed: { index, outcome } });
  }

  async #commitIfDue(): Promise<void> {
    const due =
      this.#groupBytes >= limits.groupSizeMaxBytes ||
      this.#groupNameBytes >= limits.groupNamesMaxBytes ||
      this.#group.length >= limits.groupStepsMax ||
      this.#o.now() - this.#groupStartedUs >= limits.groupAgeMaxMs * 1000;
    if (due) await this.flush();
  }
}

/** Whether the file that should hold a content is to blame, and another one may do. */
function isHoldersFault(error: unknown): boolean {
  if (error instanceof StepFailed) return error.outcome.kind === 'drift' || error.outcome.kind === 'mismatch';
  return error instanceof BtsootError && error.kind === 'drift';
}

/** What a step adds to the journal beyond a fixed size. */
function nameBytes(step: Step): number {
  switch (step.kind) {
    case 'move':
      return placeBytes(step.from) + placeBytes(step.to);
    case 'remove':
      return placeBytes(step.at);
    case 'link':
      return step.path.length + step.target.length;
    default:
      return step.path.length;
  }
}

function placeBytes(place: Place): number {
  return place.area === 'tree' ? place.path.length : 0;
}

function failuresOf(results: readonly StepResult[]): Committed['failures'] {
  return results
    .flatMap(({ index, outcome }) => (outcome.kind === 'done' ? [] : [{ step: index, outcome }]))
    .sort((a, b) => a.step - b.step);
}

function failedOutcome(error: unknown): Exclude<Outcome, { kind: 'done' }> {
  const wrapped = fromSystemError(error, 'on the target');
  return { kind: 'failed', message: wrapped.message, noSpace: wrapped.kind === 'no-space' };
}
