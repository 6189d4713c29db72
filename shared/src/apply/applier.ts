import { rmSync } from 'node:fs';
import type { ChunkList } from '../delta/chunk-list.js';
import { syncFileSystem } from '../disk/durable.js';
import type { TreeRoot } from '../disk/tree-root.js';
import type { Manifest } from '../manifest/manifest.js';
import { type Delivery, PLAIN_DELIVERY } from '../model/delivery.js';
import { peerFault } from '../model/errors.js';
import type { Owners } from '../model/owners.js';
import type { Shortcomings } from '../model/shortcomings.js';
import type { FileStep, Outcome, Step } from '../model/step.js';
import { type Staged, StepFailed, type StepResult, stagedNames } from './action.js';
import { type Area, sweepStaging } from './area.js';
import { Bases, type BasisPlaces } from './bases.js';
import { copyContent } from './copying.js';
import { Group } from './group.js';
import { GroupCommit } from './group-commit.js';
import { Incoming, type IncomingOptions } from './incoming.js';
import { Partials, sidecarName } from './partials.js';
import { mayPatchInPlace, openSink } from './sinks.js';
import { Staging } from './staging.js';

export interface Committed {
  /** Every step below this number is durable, or named in a failure. */
  readonly steps: number;
  readonly failures: readonly { readonly step: number; readonly outcome: Exclude<Outcome, { kind: 'done' }> }[];
}

export interface Finished {
  readonly stateDigest: string;
  readonly sessionNumber: number;
  /** Entries that were touched whose extended attributes the disk does not all hold. */
  readonly unheldXattrs: number;
}

export interface ApplierOptions {
  readonly tree: TreeRoot;
  readonly manifest: Manifest;
  readonly area: Area;
  /** Whether owners can be set here. */
  readonly chown: boolean;
  /** Whom entries belong to here. Default: by number. */
  readonly owners?: Owners;
  readonly hardLinks: boolean;
  /** Whether files can share their blocks here. */
  readonly reflinks: boolean;
  /** None where it is left out. */
  readonly shortcomings?: Shortcomings;
  /** Whose session this is in history; null keeps no history rows. */
  readonly sourceName: string | null;
  /** Microseconds since the epoch. */
  readonly now: () => number;
  readonly onCommitted: (committed: Committed) => void;
  /** Called before a file that takes so many bytes is made. Where there is no room for it, the disk will say so. */
  readonly makeRoom?: (neededBytes: number) => Promise<void>;
  /** Cuts short what may take long within one message. `abort` is to be called then. */
  readonly signal?: AbortSignal;
}

/** A step, and what is known of it. */
interface Taken<S extends Step> {
  readonly index: number;
  readonly step: S;
  readonly rowId: number | null;
}

interface Receiving {
  readonly taken: Taken<FileStep>;
  readonly incoming: Incoming;
}

/**
 * Executes a plan's steps on a tree, in groups: everything new is staged and made durable, the group is written to
 * the journal, its renames are done and made durable, its rows are committed, and only then is it acknowledged.
 * Calls must not overlap.
 */
export class Applier {
  readonly #o: ApplierOptions;
  readonly #staging: Staging;
  readonly #commit: GroupCommit;
  readonly #partials: Partials;
  #receiving: Receiving | null = null;
  #group: Group | null = null;
  #steps = 0;

  constructor(options: ApplierOptions) {
    this.#o = options;
    this.#staging = new Staging(options.area.staging.path, options);
    this.#commit = new GroupCommit(options, this.#staging);
    this.#partials = new Partials(options.area);
  }

  /** Finishes what a crash left behind, before the tree is looked at; see `GroupCommit.recover`. */
  recover(): boolean {
    const isDue = this.#commit.recover();
    this.#partials.recover();
    sweepStaging(this.#o.area);
    return isDue;
  }

  /**
   * Takes one step. A put without inline bytes is a delivery: what is left of its layout follows as `layout`, then its
   * bytes as `data` and `patch` until its size is covered, or `withdraw`.
   * @param delivery null where the bytes follow as they are
   * @param rowId the manifest's row that the step is meant for, where who made the plan knows it
   */
  async step(step: Step, inline: Buffer | null, delivery: Delivery | null = null, rowId: number | null = null): Promise<void> {
    if (this.#receiving !== null) throw peerFault('a step came before the last file was complete');
    const index = this.#steps++;
    if (step.kind === 'put' && inline === null && step.content.sizeBytes > 0) {
      return this.#begin({ index, step, rowId }, delivery ?? PLAIN_DELIVERY);
    }
    try {
      if ((step.kind === 'put' || step.kind === 'copy') && !this.#o.reflinks) await this.#o.makeRoom?.(step.content.sizeBytes);
      this.#add({ index, step, rowId }, await this.#prepare(step, inline), null);
    } catch (error) {
      if (this.#signal?.aborted === true) {
        this.#steps = index;
        throw error;
      }
      this.#toGroup().fail(index, error);
    }
    await this.#commitIfDue();
  }

  /** The next part of the layout of the file being received. */
  async layout(bytes: Buffer): Promise<void> {
    await this.#receive((incoming) => incoming.layout(bytes));
  }

  /** The next bytes of the file being received. */
  async data(bytes: Buffer): Promise<void> {
    await this.#receive((incoming) => incoming.data(bytes));
  }

  /** The next part of the file being received: encoded ops, and the bytes of the literal ones. */
  async patch(ops: Buffer, literals: Buffer): Promise<void> {
    await this.#receive((incoming) => incoming.patch(ops, literals));
  }

  /** The file being received will not be completed. What came of it may serve when it is sent again. */
  async withdraw(message: string): Promise<void> {
    const receiving = this.#receiving;
    if (receiving === null) throw peerFault('nothing to withdraw');
    this.#receiving = null;
    if (receiving.incoming.reception.kind === 'failed') return;
    await receiving.incoming.suspend();
    this.#toGroup().fail(receiving.taken.index, new StepFailed({ kind: 'withdrawn', message }));
  }

  /** Commits the group at hand, however small. */
  async flush(): Promise<void> {
    const group = this.#group;
    if (group === null) return;
    // Of bytes that a disk has lost, the system tells once: a group that could not be made durable is never tried again.
    this.#group = null;
    const names = group.actions.flatMap(({ staged }) => stagedNames(staged));
    if (names.length > 0)
      await syncFileSystem(
        this.#o.area.staging.path,
        names.map((name) => this.#staging.path(name)),
      );
    const results = group.actions.length === 0 ? [] : this.#commit.run(group.actions, group.lists);
    for (const name of group.withSidecar) rmSync(this.#staging.path(sidecarName(name)), { force: true });
    this.#o.onCommitted({ steps: this.#committedSteps(), failures: failuresOf([...group.failed, ...results]) });
  }

  /** After the last step: commits, closes the session in history and says the state that the tree has arrived at. */
  async finish(): Promise<Finished> {
    if (this.#receiving !== null) throw peerFault('the end came before the last file was complete');
    await this.flush();
    const sessionNumber = this.#commit.end(this.#steps);
    this.#partials.removeOld();
    const { unheldXattrs } = this.#commit;
    return { stateDigest: this.#o.manifest.stateDigest(), sessionNumber, unheldXattrs };
  }

  /** The other side has gone: keeps what is whole, and of the file being received what it can be resumed from. */
  async abort(): Promise<void> {
    await this.#receiving?.incoming.suspend();
    // A group that broke off half executed is for `recover` to finish: its journal must stay as it is.
    if (this.#o.manifest.journal() !== null) return;
    await this.flush();
    this.#receiving = null;
    this.#commit.end(this.#steps, true);
  }

  /** A file that is still being received, and has not failed, ends what can be acknowledged. */
  #committedSteps(): number {
    const receiving = this.#receiving;
    return receiving === null || receiving.incoming.reception.kind === 'failed' ? this.#steps : receiving.taken.index;
  }

  async #begin(taken: Taken<FileStep>, delivery: Delivery): Promise<void> {
    const { step } = taken;
    // What changes a file where it is, or a clone of it, takes little.
    if (!delivery.positional) await this.#o.makeRoom?.(step.content.sizeBytes);
    const bases = Bases.of(delivery.bases, this.#places());
    // The steps before this one may be what brings the file to its place that is to be patched there.
    const settle = async (): Promise<void> => (mayPatchInPlace(step, delivery, this.#o) ? this.flush() : undefined);
    const sinks = { ...this.#o, holdings: this.#o, staging: this.#staging, partials: this.#partials, signal: this.#signal };
    const open: IncomingOptions['open'] = (layout) => openSink({ step, delivery, bases, layout }, sinks);
    const incoming = new Incoming({ step, delivery, bases, settle, open, signal: this.#signal });
    this.#receiving = { taken, incoming };
    await this.#receive(() => incoming.begin());
  }

  /** Gives the file being received what has come, and takes it over when that was the last of it. */
  async #receive(work: (incoming: Incoming) => Promise<void>): Promise<void> {
    const receiving = this.#receiving;
    if (receiving === null) throw peerFault('file data came without a step that announces it');
    const { taken, incoming } = receiving;
    const hadFailed = incoming.reception.kind === 'failed';
    await work(incoming);
    const { reception } = incoming;
    if (incoming.remainingBytes === 0) this.#receiving = null;
    if (reception.kind === 'failed' && !hadFailed) this.#toGroup().fail(taken.index, reception.error);
    if (reception.kind !== 'complete') return;
    this.#add(taken, reception.staged, reception.list);
    // A later step may want what this file holds: it can be read when it is patched, and not while it is about to be.
    if (reception.staged.kind === 'patch') await this.flush();
    else await this.#commitIfDue();
  }

  async #prepare(step: Step, inline: Buffer | null): Promise<Staged | null> {
    switch (step.kind) {
      case 'make-directory':
        return this.#staging.directory(step.meta);
      case 'link':
        return this.#staging.symlink(step.target, step.meta);
      case 'make-special':
        return this.#staging.special(step.special, step.meta);
      case 'copy':
        return this.#copy(step);
      case 'hard-link':
        return this.#o.hardLinks ? null : this.#copy({ ...step, kind: 'copy' });
      case 'put':
        return this.#staging.whole(inline ?? Buffer.alloc(0), step.content, step.meta);
      case 'move':
      case 'set-metadata':
      case 'remove':
        return null;
    }
  }

  #copy(step: FileStep): Promise<Staged> {
    return copyContent(step, { ...this.#places(), staging: this.#staging, reflinks: this.#o.reflinks, signal: this.#signal });
  }

  get #signal(): AbortSignal | null {
    return this.#o.signal ?? null;
  }

  #places(): BasisPlaces {
    return { holdings: this.#o, partials: this.#partials, staged: (content) => this.#group?.staged(content) };
  }

  #toGroup(): Group {
    this.#group ??= new Group(this.#o.now());
    return this.#group;
  }

  #add(taken: Taken<Step>, staged: Staged | null, list: ChunkList | null): void {
    const action = { ...taken, staged, slot: this.#commit.newSlot() };
    this.#toGroup().add(action, list, (name) => this.#staging.path(name));
  }

  async #commitIfDue(): Promise<void> {
    if (this.#group?.isDue(this.#o.now()) === true) await this.flush();
  }
}

function failuresOf(results: readonly StepResult[]): Committed['failures'] {
  return results
    .flatMap(({ index, outcome }) => (outcome.kind === 'done' ? [] : [{ step: index, outcome }]))
    .sort((a, b) => a.step - b.step);
}
