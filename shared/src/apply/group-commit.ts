import { randomBytes } from 'node:crypto';
import { lstatSync, rmSync } from 'node:fs';
import { bootId } from '../disk/boot.js';
import { pathBytes } from '../disk/byte-path.js';
import { fsyncDirectories, fsyncInodes } from '../disk/durable.js';
import type { TreeRoot } from '../disk/tree-root.js';
import { HISTORY_ID, type Manifest, STASH_ID } from '../manifest/manifest.js';
import { fromText, type TreePath } from '../model/bytes.js';
import type { Content } from '../model/entry.js';
import { BY_NUMBER, type Owners } from '../model/owners.js';
import { NO_SHORTCOMINGS, type Shortcomings } from '../model/shortcomings.js';
import { inTree, type Place, type Step } from '../model/step.js';
import { type Action, type StepResult, stagedNames } from './action.js';
import type { Area } from './area.js';
import { Executor, type Manner } from './executor.js';
import { decodeJournal, encodeJournal, openProgress, readProgress } from './journal.js';
import { Places } from './places.js';
import { tallyOf } from './session-tally.js';
import type { Staging } from './staging.js';

/** What a restore could not put in its place is found at the tree's root, under names that begin so. */
export const keptPrefix = 'btsoot-kept-';

export interface GroupCommitOptions {
  readonly tree: TreeRoot;
  readonly manifest: Manifest;
  readonly area: Area;
  readonly chown: boolean;
  readonly owners?: Owners;
  readonly hardLinks: boolean;
  /** None where it is left out. */
  readonly shortcomings?: Shortcomings;
  readonly sourceName: string | null;
  readonly now: () => number;
}

/** A chunk list that a group brings with a content. */
export interface NewList {
  readonly content: Content;
  readonly packed: Buffer;
}

/**
 * Commits groups of staged actions: journal, renames, fsync of the directories, rows. A crash at any point leaves
 * either nothing of a group or a journal that `recover` finishes it by. Knows the session in history that they are of.
 */
export class GroupCommit {
  readonly #o: GroupCommitOptions;
  readonly #staging: Staging;
  #session: number | null = null;
  #nextSlot = 1;
  #unheldXattrs = 0;

  constructor(options: GroupCommitOptions, staging: Staging) {
    this.#o = options;
    this.#staging = staging;
  }

  /** Entries, of each group, whose extended attributes the disk does not all hold. */
  get unheldXattrs(): number {
    return this.#unheldXattrs;
  }

  /**
   * A name in history that no other version has, nor anything else: a manifest that was made anew counts from one again,
   * above old versions that it does not know. Begins the session in history, if it has not begun.
   */
  newSlot(): string {
    const session = this.#beginSession();
    for (;;) {
      const slot = `${session}-${this.#nextSlot++}`;
      if (lstatSync(pathBytes(`${this.#o.area.history.path}/${slot}`), { throwIfNoEntry: false }) === undefined) return slot;
    }
  }

  /**
   * What the actions bring must be durable in staging. When this returns, all that was done is durable in the tree.
   * @param lists packed chunk lists of contents that the actions bring
   */
  run(actions: readonly Action[], lists: readonly NewList[] = []): StepResult[] {
    const { manifest } = this.#o;
    const progressName = `progress-${randomBytes(6).toString('hex')}`;
    manifest.transaction(() => {
      for (const { content, packed } of lists) manifest.setChunks(content, packed);
      manifest.setJournal(encodeJournal({ progressName, boot: bootId(), actions }));
    });
    const results = this.#execute(actions, progressName, () => 'fresh');
    this.#discardSpent(actions, results);
    rmSync(this.#staging.path(progressName), { force: true });
    return results;
  }

  /**
   * Finishes the group that a crash left in the journal, clears the stash, and ends the session.
   * @returns whether there was something to finish: then a check of the whole tree is due
   */
  recover(): boolean {
    const { manifest, area } = this.#o;
    this.#session = manifest.resumeSession();
    const blob = manifest.journal();
    if (blob !== null) {
      const journal = decodeJournal(blob);
      const manners = readProgress(area.staging.path, journal);
      this.#execute(journal.actions, journal.progressName, (at) => manners[at] ?? 'ensure');
    }
    const isDue = blob !== null || this.#session !== null || manifest.rows(STASH_ID).length > 0;
    this.end(null, true);
    return isDue;
  }

  /**
   * Ends the session in history.
   * @param steps null where nobody knows how many there were: then those that were done count
   * @returns its number, or 0 where nothing changed
   */
  end(steps: number | null, cutOff = false): number {
    const { manifest, now } = this.#o;
    this.#clearStash();
    if (this.#session === null) return 0;
    this.#session = null;
    return manifest.endSession({ finishedUs: now(), steps, cutOff });
  }

  #execute(actions: readonly Action[], progressName: string, mannerOf: (at: number) => Manner | 'skip'): StepResult[] {
    const { tree, manifest, area } = this.#o;
    const { nameRules } = this.#o.shortcomings ?? NO_SHORTCOMINGS;
    const places = new Places(tree, area, manifest, nameRules);
    const progress = openProgress(area.staging.path, progressName);
    try {
      return manifest.transaction(() => {
        const executor = this.#executor(places);
        const results: StepResult[] = [];
        actions.forEach((action, at) => {
          const manner = mannerOf(at);
          if (manner === 'skip') return;
          const result = executor.execute(action, manner);
          if (manner !== 'rows') progress.mark(result.outcome.kind === 'done');
          results.push(result);
        });
        executor.finish();
        this.#unheldXattrs += executor.unheldXattrs;
        this.#makeDurable(executor, places);
        this.#releaseLists(actions, results);
        if (this.#o.sourceName !== null) manifest.tallySession(tallyOf(actions, results));
        manifest.setJournal(null);
        return results;
      });
    } finally {
      progress.close();
      places.close();
    }
  }

  #executor(places: Places): Executor {
    const { manifest, chown, owners = BY_NUMBER, hardLinks, sourceName, shortcomings = NO_SHORTCOMINGS } = this.#o;
    const stagedPath = (name: string) => this.#staging.path(name);
    const abilities = { chown, owners, hardLinks, shortcomings };
    return new Executor({ manifest, places, stagedPath, ...abilities, keepHistory: sourceName !== null });
  }

  /**
   * A directory that has gone meanwhile has nothing left to be made durable. History comes first: a version that is
   * replaced gets its name there before the tree's is taken from it.
   */
  #makeDurable(executor: Executor, places: Places): void {
    const staging = this.#o.area.staging.path;
    const renewed = [...executor.renewed].flatMap((id) => this.#o.manifest.row(id) ?? []);
    fsyncInodes(
      staging,
      renewed.map(
        ({ parent, name }) =>
          () =>
            places.place(parent, name),
      ),
    );
    const touched = [...executor.touched].sort((a, b) => Number(b === HISTORY_ID) - Number(a === HISTORY_ID));
    const descriptors = touched.flatMap((id) => {
      const directory = places.tryDirectory(id);
      return directory === null ? [] : [() => places.directory(id).fd];
    });
    fsyncDirectories(staging, descriptors);
  }

  /** The list of a content that did not come about has nothing to hang on. */
  #releaseLists(actions: readonly Action[], results: readonly StepResult[]): void {
    const done = indicesDone(results);
    for (const { index, step } of actions) {
      const isLost = (step.kind === 'put' || step.kind === 'copy') && !done.has(index);
      if (isLost) this.#o.manifest.releaseContent(step.content);
    }
  }

  #discardSpent(actions: readonly Action[], results: readonly StepResult[]): void {
    const done = indicesDone(results);
    for (const { index, staged } of actions) {
      // A redo file has no more use when its patch is done, and its rows are durable.
      if (done.has(index) && staged?.kind !== 'patch') continue;
      for (const name of stagedNames(staged)) rmSync(this.#staging.path(name), { recursive: true, force: true });
    }
  }

  /**
   * Entries that a cut-off plan left aside go to history, where their content is still found; where no history is kept,
   * they go back into the tree, under a name of their own.
   */
  #clearStash(): void {
    const { manifest, sourceName } = this.#o;
    const left = manifest.rows(STASH_ID);
    if (left.length === 0) return;
    const session = this.#beginSession();
    this.run(
      left.map((row, index): Action => {
        const expect = { kind: row.kind, content: row.kind === 'file' ? row.content : null };
        const at: Place = { area: 'stash', slot: Number(row.name) };
        const step: Step =
          sourceName === null ? { kind: 'move', from: at, to: inTree(freeName()), expect } : { kind: 'remove', at, expect };
        return { index, step, rowId: row.id, staged: null, slot: `${session}-stash-${row.name}` };
      }),
    );
  }

  /** The session's number in history, 0 where none is kept. */
  #beginSession(): number {
    const { manifest, sourceName, now } = this.#o;
    if (sourceName === null) return 0;
    this.#session ??= manifest.beginSession({ startedUs: now(), sourceName });
    return this.#session;
  }
}

function indicesDone(results: readonly StepResult[]): ReadonlySet<number> {
  return new Set(results.flatMap(({ index, outcome }) => (outcome.kind === 'done' ? [index] : [])));
}

/** A name at the tree's root for something that could not be put in its place. */
function freeName(): TreePath {
  return fromText(`${keptPrefix}${randomBytes(4).toString('hex')}`) as TreePath;
}
