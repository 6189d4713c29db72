import { linkSync, renameSync, unlinkSync } from 'node:fs';
import { HISTORY_ID, type Manifest } from '../manifest/manifest.js';
import { display, type Name } from '../model/bytes.js';
import { sameMetadata, type TreeNode } from '../model/entry.js';
import { fromSystemError } from '../model/errors.js';
import type { Owners } from '../model/owners.js';
import type { Seen } from '../model/seen.js';
import type { Shortcomings } from '../model/shortcomings.js';
import { NO_XATTRS } from '../model/xattrs.js';
import { type Action, type NewThing, StepFailed, type StepResult } from './action.js';
import { Aftermath, isAsGiven, isOfTheDisk, tolerate } from './aftermath.js';
import { DiskChecks, makeWritable } from './disk-checks.js';
import { giveMetadata } from './give-metadata.js';
import { requireHalfReplaced } from './half-replaced.js';
import { Inodes } from './inodes.js';
import { isAsPut, isNameOf, stageName } from './new-name.js';
import { keepUndo, notePatch, type PatchedFile, patchedFile, patchFile } from './patch-step.js';
import type { Places } from './places.js';
import { type KeptVersion, recordStep } from './record.js';
import { type Resolved, Resolver, type RowPlace } from './resolve.js';

export interface ExecutorOptions {
  readonly manifest: Manifest;
  readonly places: Places;
  /** The place in staging of a staged thing. */
  readonly stagedPath: (name: string) => Buffer;
  readonly chown: boolean;
  readonly owners: Owners;
  readonly hardLinks: boolean;
  readonly shortcomings: Shortcomings;
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

/**
 * Executes actions one after the other: checks what a step expects against manifest and disk, does its one rename
 * (or two), and writes its rows. Runs inside one manifest transaction, synchronously, so that disk and rows part
 * company only by a crash, which the journal mends.
 */
export class Executor {
  readonly #o: ExecutorOptions;
  readonly #resolver: Resolver;
  readonly #inodes: Inodes;
  readonly #checks: DiskChecks;
  readonly #aftermath: Aftermath;

  constructor(options: ExecutorOptions) {
    this.#o = options;
    this.#resolver = new Resolver(options.manifest);
    this.#inodes = new Inodes(options.manifest, options.places);
    this.#checks = new DiskChecks(options, this.#inodes);
    this.#aftermath = new Aftermath(options, this.#inodes);
  }

  /** Entries that were brought here some of whose extended attributes the disk does not hold. */
  get unheldXattrs(): number {
    return this.#aftermath.unheldXattrs.size;
  }

  /** Ids of the directories whose names changed; making that durable is left to the caller. */
  get touched(): ReadonlySet<number> {
    return this.#aftermath.touched;
  }

  /** Ids of the files and symlinks whose metadata was changed, and nothing else; as above. */
  get renewed(): ReadonlySet<number> {
    return this.#aftermath.renewed;
  }

  execute(action: Action, manner: Manner): StepResult {
    try {
      this.#run(action, manner);
      return { index: action.index, outcome: { kind: 'done' } };
    } catch (error) {
      return { index: action.index, outcome: outcomeOf(error) };
    }
  }

  /** What is left to do when all of the group's actions are done; see `Aftermath.finish`. */
  finish(): void {
    this.#aftermath.finish();
  }

  #run(action: Action, manner: Manner): void {
    const { manifest, places } = this.#o;
    const resolved = this.#resolver.resolve(action.step, action.rowId);
    const patched = patchedFile(resolved, action);
    if (patched !== null) this.#patch(patched, manner);
    else if (this.#isDue(resolved, action, manner)) this.#do(resolved, action, manner);
    if (manner !== 'fresh') this.#noteNames(resolved);
    const kept = this.#keptVersion(resolved, patched?.slot ?? (action.slot as Name));
    const seen = manner === 'rows' ? null : this.#firstSight(resolved);
    const disk = places.newDiskName(resolved);
    const recorded = recordStep(manifest, resolved, kept, seen);
    if (disk !== null) for (const id of recorded.entries) manifest.diskNames.set(id, disk);
    if (patched !== null) notePatch(this.#o, patched);
    if (resolved.kind === 'set-metadata' && resolved.row.kind !== 'directory') this.#aftermath.renewed.add(resolved.row.id);
    for (const id of recorded.directories) this.#aftermath.touched.add(id);
    for (const id of recorded.entries) {
      if (seen === null || hasXattrs(resolved)) this.#aftermath.changed.add(id);
      if (action.step.kind === 'make-directory') this.#aftermath.touched.add(id);
      if (manner !== 'fresh') this.#aftermath.recovered.add(id);
    }
    // A later step may be about one of the names, and expects it as it is now.
    if (resolved.kind === 'set-metadata' && resolved.names.length > 1)
      for (const { id, parent, name } of resolved.names) tolerate(() => manifest.setSeen(id, places.look(parent, name)));
  }

  /** A name that is of the right file already has left nothing. */
  #keptVersion(resolved: Resolved, slot: Name): KeptVersion | null {
    if (!this.#o.keepHistory || !leavesVersion(resolved)) return null;
    const seen = this.#o.places.look(HISTORY_ID, slot);
    const isLink = resolved.kind === 'create' && resolved.existing !== null;
    return seen === null && isLink ? null : { slot, seen };
  }

  /** As what is unchanged notes its own, where that is not looked at. */
  #noteNames(resolved: Resolved): void {
    const rows = resolved.kind === 'create' ? [resolved.replaces, resolved.existing] : [resolved.row];
    for (const row of rows) if (row?.kind === 'file') this.#inodes.note(this.#o.manifest.seen(row.id));
  }

  /** Metadata can be given twice, and nothing else shows later that it was not. */
  #isDue(resolved: Resolved, action: Action, manner: Manner): boolean {
    if (manner === 'fresh' || resolved.kind === 'set-metadata') return true;
    return manner === 'ensure' && !this.#isDone(resolved, action);
  }

  #patch(file: PatchedFile, manner: Manner): void {
    if (manner === 'rows') return;
    const { at, row } = file;
    if (manner === 'fresh') this.#checks.requireUnchanged(at, row);
    else if (!this.#checks.isUnchanged(at, row)) this.#aftermath.doubted.add(row.id);
    this.#aftermath.changed.add(row.id);
    try {
      patchFile(this.#o, file);
    } catch (error) {
      if (manner === 'ensure' && keepUndo(this.#o, file)) this.#aftermath.touched.add(HISTORY_ID);
      throw error;
    }
  }

  /**
   * What a new file or symlink looks like in its place, so that its row is written once. Where it cannot be looked at, and
   * for a folder, which may change until then, `finish` does that.
   */
  #firstSight(resolved: Resolved): Seen | null {
    if (resolved.kind !== 'create' || resolved.replaces !== null || resolved.entry.kind === 'directory') return null;
    const { parentId, name } = resolved.at;
    let seen: Seen | null = null;
    tolerate(() => {
      seen = this.#o.places.look(parentId, name);
    });
    return seen;
  }

  #isDone(resolved: Resolved, { slot, staged }: Action): boolean {
    const { manifest, places } = this.#o;
    switch (resolved.kind) {
      case 'create':
        if (staged === null) return resolved.existing !== null && isNameOf(places, resolved.at, resolved.existing);
        return staged.kind === 'new' && places.look(resolved.at.parentId, resolved.at.name)?.ino === BigInt(staged.ino);
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
      case 'create': {
        const thing = staged ?? this.#newName(resolved, slot);
        if (thing === null) return;
        if (thing.kind !== 'new') throw new Error('a step that makes something has it staged');
        if (resolved.replaces === null) {
          this.#checks.requireNothing(resolved.at, null);
          this.#place(thing, resolved.at);
        } else this.#replace(thing, resolved.at, resolved.replaces, slot as Name, manner);
        return;
      }
      case 'move':
        this.#checks.requireUnchanged(resolved.from, resolved.row);
        this.#checks.requireNothing(resolved.to, resolved.row);
        this.#rename(resolved.from, resolved.to, resolved.row);
        return;
      case 'set-metadata':
        this.#setMetadata(resolved, manner);
        return;
      case 'remove':
        this.#checks.requireUnchanged(resolved.at, resolved.row);
        if (!this.#o.keepHistory) this.#checks.requireSameBelow(resolved.row);
        this.#rename(resolved.at, { parentId: HISTORY_ID, name: slot as Name, label: 'history' }, resolved.row);
    }
  }

  /**
   * Another name of a file, in staging; null where the place has one already: rename(2) between two names of one file does
   * nothing, and would leave both.
   */
  #newName({ at, existing }: Extract<Resolved, { kind: 'create' }>, slot: string): NewThing | null {
    const { places, stagedPath } = this.#o;
    if (existing === null) throw new Error('a step that makes something has it staged');
    const place = { parentId: existing.parent, name: existing.name, label: display(existing.name) };
    const now = places.look(place.parentId, place.name);
    if (!(this.#aftermath.changed.has(existing.id) && isAsPut(now, existing))) this.#checks.requireUnchanged(place, existing);
    if (now !== null) this.#inodes.note({ ...now, nlink: now.nlink + 1 });
    return isNameOf(places, at, existing) ? null : stageName(places, existing, `name-${slot}`, stagedPath(`name-${slot}`));
  }

  /** Keeps the version that is replaced. With links, a reader finds the old version until the new one is there. */
  #replace(staged: NewThing, at: RowPlace, row: TreeNode, slot: Name, manner: Manner): void {
    const { places, hardLinks } = this.#o;
    const kept = places.place(HISTORY_ID, slot);
    const isKept = manner === 'ensure' && places.look(HISTORY_ID, slot) !== null;
    if (isKept) {
      this.#aftermath.touched.add(HISTORY_ID);
      requireHalfReplaced({ ...this.#o, checks: this.#checks }, at, row, slot);
    } else {
      this.#checks.requireUnchanged(at, row);
      makeWritable(this.#o, at.parentId);
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

  #setMetadata({ row, names, label, meta }: Extract<Resolved, { kind: 'set-metadata' }>, manner: Manner): void {
    if (row.kind === 'directory') return;
    for (const one of names) {
      const at = { parentId: one.parent, name: one.name, label };
      if (manner === 'fresh') this.#checks.requireUnchanged(at, one);
      // Nobody sees an edit any more when the file has got its time.
      else if (!this.#checks.isUnchanged(at, one) && !isAsGiven(this.#o.places.look(one.parent, one.name), { ...one, meta }))
        this.#aftermath.doubt(one.id);
    }
    // Where only the group changes, there is nothing to do on the disk.
    if (!sameMetadata(row.meta, meta)) giveMetadata(this.#o.places, names, meta, this.#o);
  }

  #place(staged: NewThing, at: RowPlace): void {
    makeWritable(this.#o, at.parentId);
    renameSync(this.#o.stagedPath(staged.name), this.#o.places.place(at.parentId, at.name));
  }

  #rename(from: RowPlace, to: RowPlace, row: TreeNode): void {
    makeWritable(this.#o, from.parentId);
    makeWritable(this.#o, to.parentId);
    if (row.kind === 'directory' && from.parentId !== to.parentId) {
      makeWritable(this.#o, row.id);
      this.#aftermath.touched.add(row.id);
    }
    renameSync(this.#o.places.place(from.parentId, from.name), this.#o.places.place(to.parentId, to.name));
  }
}

function hasXattrs(resolved: Resolved): boolean {
  return resolved.kind === 'create' && resolved.entry.meta.xattrs !== NO_XATTRS;
}

/** Whether something goes to history by this. */
function leavesVersion(resolved: Resolved): boolean {
  return resolved.kind === 'remove' || (resolved.kind === 'create' && resolved.replaces !== null);
}

function outcomeOf(error: unknown): StepResult['outcome'] {
  if (error instanceof StepFailed) return error.outcome;
  if (!isOfTheDisk(error)) throw error;
  const wrapped = fromSystemError(error, 'on the target');
  if (wrapped.kind === 'drift') return { kind: 'drift', message: wrapped.message };
  return { kind: 'failed', message: wrapped.message, noSpace: wrapped.kind === 'no-space' };
}
