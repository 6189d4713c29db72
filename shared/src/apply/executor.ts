import { chmodSync, linkSync, renameSync, unlinkSync } from 'node:fs';
import { applyMetadata } from '../disk/metadata.js';
import { HISTORY_ID, type Manifest, ROOT_ID } from '../manifest/manifest.js';
import type { Name } from '../model/bytes.js';
import type { TreeNode } from '../model/entry.js';
import { BtsootError, errnoOf, fromSystemError } from '../model/errors.js';
import { type Action, drifted, type Staged, StepFailed, type StepResult } from './action.js';
import type { Places } from './places.js';
import { recordStep } from './record.js';
import { type Resolved, type RowPlace, resolveStep, sameIdentity } from './resolve.js';

export interface ExecutorOptions {
  readonly manifest: Manifest;
  readonly places: Places;
  /** The place in staging of a staged thing. */
  readonly stagedPath: (name: string) => Buffer;
  readonly chown: boolean;
  readonly hardLinks: boolean;
  /** Whether replaced and removed entries get rows in history; the bytes go to the history folder in any case. */
  readonly keepHistory: boolean;
}

/**
 * How to treat an action:
 * - `fresh`: what it expects must be there, else it drifted
 * - `ensure`: as `fresh`, but finding it already done is success (a crash may have come after it)
 * - `rows`: it is known to be done; only the manifest is brought up to date
 */
export type Manner = 'fresh' | 'ensure' | 'rows';

const HERE = '.' as Name;

/**
 * Executes actions one after the other: checks what a step expects against manifest and disk, does its one rename
 * (or two), and writes its rows. Runs inside one manifest transaction, synchronously, so that disk and rows part
 * company only by a crash, which the journal mends.
 */
export class Executor {
  readonly #o: ExecutorOptions;
  readonly #touched = new Set<number>();
  readonly #changed = new Set<number>();

  constructor(options: ExecutorOptions) {
    this.#o = options;
  }

  /** Ids of the directories whose names changed; making that durable is left to the caller. */
  get touched(): ReadonlySet<number> {
    return this.#touched;
  }

  execute(action: Action, manner: Manner): StepResult {
    try {
      this.#run(action, manner);
      return { index: action.index, outcome: { kind: 'done' } };
    } catch (error) {
      return { index: action.index, outcome: outcomeOf(error) };
    }
  }

  /** Gives touched directories their mirrored metadata back and records what the disk says of all that changed. */
  finish(): void {
    const { manifest, places, chown } = this.#o;
    for (const id of this.#changed) {
      const row = manifest.row(id);
      if (row !== undefined) manifest.setSeen(id, places.look(row.parent, row.name));
    }
    for (const id of this.#touched) {
      const row = manifest.row(id);
      if (row?.kind !== 'directory' || manifest.locate(id).area !== 'tree') continue;
      applyMetadata(places.place(id, HERE), 'directory', row.meta, { chown });
      manifest.setSeen(id, places.look(id, HERE));
    }
  }

  #run(action: Action, manner: Manner): void {
    const { manifest, places } = this.#o;
    const resolved = resolveStep(manifest, action.step);
    const slot = action.slot as Name;
    if (manner === 'fresh' || (manner === 'ensure' && !this.#isDone(resolved, action))) this.#do(resolved, action, manner);
    const kept = this.#o.keepHistory ? { slot, seen: places.look(HISTORY_ID, slot) } : null;
    const recorded = recordStep(manifest, resolved, kept);
    for (const id of recorded.directories) this.#touched.add(id);
    for (const id of recorded.entries) this.#changed.add(id);
  }

  #isDone(resolved: Resolved, { slot, staged }: Action): boolean {
    const { manifest, places } = this.#o;
    switch (resolved.kind) {
      case 'create':
        return staged !== null && places.look(resolved.at.parentId, resolved.at.name)?.ino === BigInt(staged.ino);
      case 'move': {
        const known = manifest.seen(resolved.row.id);
        return known !== null && places.look(resolved.to.parentId, resolved.to.name)?.ino === known.ino;
      }
      case 'set-metadata':
        return false;
      case 'remove':
        return places.look(HISTORY_ID, slot as Name) !== null;
    }
  }

  #do(resolved: Resolved, { slot, staged }: Action, manner: Manner): void {
    switch (resolved.kind) {
      case 'create':
        if (staged === null) throw new Error('a step that makes something has it staged');
        if (resolved.replaces === null) {
          this.#requireNothing(resolved.at);
          this.#place(staged, resolved.at);
        } else this.#replace(staged, resolved.at, resolved.replaces, slot as Name, manner);
        return;
      case 'move':
        this.#requireUnchanged(resolved.from, resolved.row);
        this.#requireNothing(resolved.to);
        this.#rename(resolved.from, resolved.to);
        return;
      case 'set-metadata':
        this.#setMetadata(resolved, manner);
        return;
      case 'remove':
        this.#requireUnchanged(resolved.at, resolved.row);
        this.#rename(resolved.at, { parentId: HISTORY_ID, name: slot as Name, label: 'history' });
    }
  }

  /** Keeps the version that is replaced. With links, a reader finds the old version until the new one is there. */
  #replace(staged: Staged, at: RowPlace, row: TreeNode, slot: Name, manner: Manner): void {
    const { places, hardLinks } = this.#o;
    const kept = places.place(HISTORY_ID, slot);
    const isKept = manner === 'ensure' && places.look(HISTORY_ID, slot) !== null;
    if (!isKept) {
      this.#requireUnchanged(at, row);
      this.#makeWritable(at.parentId);
      if (hardLinks) linkSync(places.place(at.parentId, at.name), kept);
      else renameSync(places.place(at.parentId, at.name), kept);
    }
    try {
      this.#place(staged, at);
    } catch (error) {
      // The old version stays where it was, and nothing else of this step does.
      if (hardLinks) unlinkSync(kept);
      else renameSync(kept, places.place(at.parentId, at.name));
      throw error;
    }
  }

  #setMetadata({ row, label, meta }: Extract<Resolved, { kind: 'set-metadata' }>, manner: Manner): void {
    if (row.kind === 'directory') return;
    const at = { parentId: row.parent, name: row.name, label };
    if (manner === 'fresh') this.#requireUnchanged(at, row);
    applyMetadata(this.#o.places.place(row.parent, row.name), row.kind, meta, { chown: this.#o.chown });
  }

  #requireUnchanged(at: RowPlace, row: TreeNode): void {
    const known = this.#o.manifest.seen(row.id);
    const now = this.#o.places.look(at.parentId, at.name);
    if (now === null) throw drifted(`${at.label}: it has gone from the disk`);
    if (known === null || !sameIdentity(known, now, row.kind)) throw drifted(`${at.label}: it was changed on the disk`);
  }

  #requireNothing(at: RowPlace): void {
    if (this.#o.places.look(at.parentId, at.name) !== null) throw drifted(`${at.label}: something new is there on the disk`);
  }

  #place(staged: Staged, at: RowPlace): void {
    this.#makeWritable(at.parentId);
    renameSync(this.#o.stagedPath(staged.name), this.#o.places.place(at.parentId, at.name));
  }

  #rename(from: RowPlace, to: RowPlace): void {
    this.#makeWritable(from.parentId);
    this.#makeWritable(to.parentId);
    renameSync(this.#o.places.place(from.parentId, from.name), this.#o.places.place(to.parentId, to.name));
  }

  /** A mirrored folder may be read-only to its own owner; `finish` gives its mode back. Root needs none of this. */
  #makeWritable(directoryId: number): void {
    if (process.geteuid?.() === 0) return;
    const row = this.#o.manifest.row(directoryId);
    const inTree = directoryId === ROOT_ID || (row !== undefined && this.#o.manifest.locate(directoryId).area === 'tree');
    if (!inTree || row === undefined || (row.meta.mode & 0o300) === 0o300) return;
    chmodSync(this.#o.places.place(directoryId, HERE), row.meta.mode | 0o700);
  }
}

function outcomeOf(error: unknown): StepResult['outcome'] {
  if (error instanceof StepFailed) return error.outcome;
  const fromSystem =
    error instanceof BtsootError ? ['drift', 'io', 'no-space'].includes(error.kind) : errnoOf(error)?.startsWith('E');
  if (!fromSystem) throw error;
  const wrapped = fromSystemError(error, 'on the target');
  if (wrapped.kind === 'drift') return { kind: 'drift', message: wrapped.message };
  return { kind: 'failed', message: wrapped.message, noSpace: wrapped.kind === 'no-space' };
}
