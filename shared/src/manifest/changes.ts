import fc from 'fast-check';
import type { Name } from '../model/bytes.js';
import { directory, file, meta, special, symlink } from './fixture.js';
import { type EntryPatch, HISTORY_ID, type Manifest, type NewEntry, STASH_ID } from './manifest.js';
import type { NaiveManifest, NaiveRow } from './naive.js';

/** A random change. Numbers choose among what there is when it is done. */
export type Change =
  | { readonly kind: 'insert'; readonly parent: number; readonly name: Name; readonly entry: NewEntry }
  | { readonly kind: 'rename'; readonly row: number; readonly parent: number; readonly name: Name }
  | { readonly kind: 'update'; readonly row: number; readonly value: number }
  | { readonly kind: 'remove'; readonly row: number };

// Few, so that they collide; with bytes that are no UTF-8, and some that sort differently as UTF-16.
const names = fc.constantFrom(...(['a', 'b', 'a\n', '\xff\xfe', '\x80', "it's", ' '] as Name[]));
const entries = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(file('x', 1), file('yy', 2), file(null, 3), { ...file('x', 1), group: 'a'.repeat(16) }),
  },
  { weight: 3, arbitrary: fc.constantFrom(directory(), directory(false)) },
  { weight: 1, arbitrary: fc.constantFrom(symlink('to'), symlink('\xff')) },
  { weight: 1, arbitrary: fc.constantFrom(special(0), special(0xffff_ffff)) },
);

export const changes: fc.Arbitrary<Change> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('insert' as const), parent: fc.nat(), name: names, entry: entries }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('rename' as const), row: fc.nat(), parent: fc.nat(), name: names }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('update' as const), row: fc.nat(), value: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), row: fc.nat() }) },
);

/** Does the change to both. Where the naive one says that it cannot be, the manifest must refuse it and change nothing. */
export function applyChange(manifest: Manifest, naive: NaiveManifest, change: Change): void {
  const entries = [...naive.rows.values()].filter((row) => row.id > STASH_ID || change.kind === 'update');
  const row = change.kind === 'insert' ? undefined : pick(entries, change.row);
  if (change.kind === 'insert') insert(manifest, naive, change);
  else if (row === undefined) return;
  else if (change.kind === 'rename') rename(manifest, naive, row, change);
  else if (change.kind === 'update') update(manifest, row, change.value);
  else {
    manifest.remove(row.id);
    naive.remove(row.id);
  }
}

function insert(manifest: Manifest, naive: NaiveManifest, change: Extract<Change, { kind: 'insert' }>): void {
  const parent = pick(naive.directories(), change.parent)?.id ?? 0;
  const run = () => manifest.insert(parent, change.name, change.entry, null);
  if (isTaken(naive, parent, change.name)) {
    mustRefuse(run, 'exists');
    return;
  }
  const id = run();
  if (naive.rows.has(id)) throw new Error(`id ${id} was used again`);
  naive.rows.set(id, { id, parent, name: change.name, entry: change.entry });
}

function rename(manifest: Manifest, naive: NaiveManifest, row: NaiveRow, change: Extract<Change, { kind: 'rename' }>): void {
  const parent = pick(naive.directories(), change.parent)?.id ?? 0;
  const run = () => manifest.rename(row.id, parent, change.name);
  const isSame = row.parent === parent && row.name === change.name;
  if (!isSame && isTaken(naive, parent, change.name)) {
    mustRefuse(run, 'exists');
  } else if (!isSame && (naive.isWithin(parent, row.id) || isIntoOldVersion(naive, row, parent))) {
    mustRefuse(run, 'invalid');
  } else {
    run();
    row.parent = parent;
    row.name = change.name;
  }
}

function isIntoOldVersion(naive: NaiveManifest, row: NaiveRow, parent: number): boolean {
  return parent !== row.parent && parent !== HISTORY_ID && naive.isWithin(parent, HISTORY_ID);
}

function update(manifest: Manifest, row: NaiveRow, value: number): void {
  const patch = patchFor(row.entry, value);
  manifest.update(row.id, patch);
  row.entry = { ...row.entry, ...patch } as NewEntry;
}

function patchFor(entry: NewEntry, value: number): EntryPatch {
  if (value < 2) return { meta: { ...meta(value, 0o600 + value), xattrs: value === 0 ? '' : '\x06user.a\x01\0\0\0v' } };
  switch (entry.kind) {
    case 'file':
      return pick([{ content: null }, pickContent('x'), { ...pickContent('zzz'), meta: meta(value) }, ...groups], value) ?? {};
    case 'directory':
      return { complete: value % 2 === 0 };
    case 'symlink':
      return { target: `to ${value}` };
    case 'special':
      return { special: { type: 'block', major: 8, minor: value } };
    default:
      return entry satisfies never;
  }
}

const groups: readonly EntryPatch[] = [{ group: 'b'.repeat(16) }, { group: null }];

function pickContent(text: string): EntryPatch {
  const entry = file(text);
  return entry.kind === 'file' ? { content: entry.content } : {};
}

function isTaken(naive: NaiveManifest, parent: number, name: Name): boolean {
  return naive.childrenOf(parent).some((row) => row.name === name);
}

function mustRefuse(run: () => unknown, kind: string): void {
  try {
    run();
  } catch (error) {
    if (error instanceof Error && 'kind' in error && error.kind === kind) return;
    throw error;
  }
  throw new Error(`should have been refused as ${kind}`);
}

function pick<T>(of: readonly T[], number: number): T | undefined {
  return of[number % of.length];
}
