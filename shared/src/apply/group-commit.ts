import { rmSync } from 'node:fs';
import { fsyncDirectories } from '../disk/durable.js';
import type { TreeRoot } from '../disk/tree-root.js';
import { type Manifest, STASH_ID } from '../manifest/manifest.js';
import type { Step } from '../model/step.js';
import type { Action, StepResult } from './action.js';
import type { Area } from './area.js';
import { Executor, type Manner } from './executor.js';
import { decodeJournal, encodeJournal, openProgress, readProgress } from './journal.js';
import { Places } from './places.js';
import type { Staging } from './staging.js';

export interface GroupCommitOptions {
  readonly tree: TreeRoot;
  readonly manifest: Manifest;
  readonly area: Area;
  readonly chown: boolean;
  readonly hardLinks: boolean;
  readonly sourceName: string | null;
  readonly now: () => number;
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
  #groups = 0;

  constructor(options: GroupCommitOptions, staging: Staging) {
    this.#o = options;
    this.#staging = staging;
  }

  /** A name in history that no other version has. Begins the session in history, if it has not begun. */
  newSlot(): string {
    return `${this.#beginSession()}-${this.#nextSlot++}`;
  }

  /** What the actions bring must be durable in staging. When this returns, all that was done is durable in the tree. */
  run(actions: readonly Action[]): StepResult[] {
    const { manifest } = this.#o;
    const progressName = `progress-${this.#groups++}`;
    manifest.transaction(() => manifest.setJournal(encodeJournal({ progressName, actions })));
    const results = this.#execute(actions, progressName, () => 'fresh');
    this.#discardFailed(actions, results);
    rmSync(this.#staging.path(progressName), { force: true });
    return results;
  }

  /** Finishes the group that a crash left in the journal, files away what was left in the stash, ends the session. */
  recover(): void {
    const { manifest, area } = this.#o;
    this.#session = manifest.resumeSession();
    const blob = manifest.journal();
    if (blob !== null) {
      const journal = decodeJournal(blob);
      const manners = readProgress(area.staging.path, journal);
      this.#execute(journal.actions, journal.progressName, (at) => manners[at] ?? 'ensure');
    }
    this.end(0);
  }

  /** Ends the session in history; returns its number, or 0 where nothing changed. */
  end(steps: number): number {
    const { manifest, now } = this.#o;
    this.#fileStashAway();
    if (this.#session === null) return 0;
    this.#session = null;
    return manifest.endSession({ finishedUs: now(), steps });
  }

  #execute(actions: readonly Action[], progressName: string, mannerOf: (at: number) => Manner | 'skip'): StepResult[] {
    const { tree, manifest, area } = this.#o;
    const places = new Places(tree, area, manifest);
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
        this.#makeDurable(executor, places);
        manifest.setJournal(null);
        return results;
      });
    } finally {
      progress.close();
      places.close();
    }
  }

  #executor(places: Places): Executor {
    const { manifest, chown, hardLinks, sourceName } = this.#o;
    const stagedPath = (name: string) => this.#staging.path(name);
    return new Executor({ manifest, places, stagedPath, chown, hardLinks, keepHistory: sourceName !== null });
  }

  #makeDurable(executor: Executor, places: Places): void {
    const { manifest, area } = this.#o;
    const touched = [...executor.touched].filter((id) => manifest.row(id) !== undefined);
    const descriptors = touched.map((id) => () => places.directory(id).fd);
    fsyncDirectories(area.staging.path, descriptors);
  }

  #discardFailed(actions: readonly Action[], results: readonly StepResult[]): void {
    const done = new Set(results.flatMap(({ index, outcome }) => (outcome.kind === 'done' ? [index] : [])));
    for (const { index, staged } of actions) {
      if (staged !== null && !done.has(index)) rmSync(this.#staging.path(staged.name), { recursive: true, force: true });
    }
  }

  /** Entries that a cut-off plan left aside: into history, where their content is still found. */
  #fileStashAway(): void {
    const left = this.#o.manifest.rows(STASH_ID);
    if (left.length === 0) return;
    const session = this.#beginSession();
    this.run(
      left.map((row, index): Action => {
        const expect = { kind: row.kind, content: row.kind === 'file' ? row.content : null };
        const step: Step = { kind: 'remove', at: { area: 'stash', slot: Number(row.name) }, expect };
        return { index, step, staged: null, slot: `${session}-stash-${row.name}` };
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
