import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { swapEntries } from './changes.js';
import { appendTo, overwrite } from './planting.js';
import type { Random } from './random.js';

/*
 * What people and programs do to a tree, at random: edits, renames, swaps, changes of type, moves of folders, removals,
 * changes of mode and time, copies, and things that come back as they once were.
 */

export interface Playground {
  readonly tree: string;
  readonly random: Random;
  /** Copies of the tree as it was earlier. */
  readonly past: readonly string[];
}

type Edit = (playground: Playground) => void;

const KB = 1_000;
/** Sent inline, sent as a file, cut into chunks, patched in place. */
const sizesBytes = [0, 20, 3 * KB, 60 * KB, 300 * KB, 500 * KB] as const;
/** Never touched, so that the tree is never empty. */
const bystander = 'bystander';
let names = 0;

export function plantFirst({ tree, random }: Playground): void {
  writeFileSync(join(tree, bystander), 'stays');
  for (const folder of ['a', 'b', 'b/c']) mkdirSync(join(tree, folder));
  for (const folder of ['', 'a', 'b', 'b/c']) for (let count = 0; count < 3; count++) newFile(join(tree, folder), random);
}

export function editAtRandom(playground: Playground): string {
  const at = playground.random.below(edits.length);
  const [name, edit] = edits[at] as (typeof edits)[number];
  edit(playground);
  return name;
}

const edits: readonly (readonly [string, Edit])[] = [
  ['new file', (playground) => newFile(anyFolder(playground), playground.random)],
  ['new folder', (playground) => fillFolder(newPlace(anyFolder(playground)), playground.random)],
  ['new link', ({ random, ...rest }) => symlinkSync(`to ${random.below(9)}`, newPlace(anyFolder({ random, ...rest })))],
  ['overwrite', (playground) => onFile(playground, overwriteSome)],
  ['overwrite', (playground) => onFile(playground, overwriteSome)],
  [
    'append',
    (playground) => onFile(playground, (path, random) => appendTo(path, 1 + random.below(30 * KB), (n) => random.bytes(n))),
  ],
  ['truncate', (playground) => onFile(playground, (path, random) => truncateSync(path, random.below(statSync(path).size + 1)))],
  ['replace', (playground) => onFile(playground, (path, random) => writeFileSync(path, random.bytes(anySize(random))))],
  [
    'chmod file',
    (playground) => onFile(playground, (path, random) => chmodSync(path, [0o600, 0o640, 0o755][random.below(3)] ?? 0o600)),
  ],
  ['chmod folder', (playground) => chmodSync(anyFolder(playground), [0o700, 0o750, 0o755][playground.random.below(3)] ?? 0o700)],
  ['touch', (playground) => onFile(playground, (path, random) => utimesSync(path, random.below(2e9), random.below(2e9)))],
  ['rename', renameSomething],
  ['rename', renameSomething],
  ['move folder', moveFolder],
  ['move folder', moveFolder],
  ['swap', swapSomething],
  ['swap names', swapSiblings],
  ['remove', removeSomething],
  ['remove', removeSomething],
  ['change type', changeType],
  ['copy', copySomething],
  ['come back', comeBack],
  ['come back', comeBack],
];

function anySize(random: Random): number {
  const size = sizesBytes[random.below(sizesBytes.length)] ?? 0;
  return size < 100 ? size : size + random.below(size);
}

function newPlace(folder: string): string {
  return join(folder, `n${++names}`);
}

function newFile(folder: string, random: Random): void {
  writeFileSync(newPlace(folder), random.bytes(anySize(random)));
}

function fillFolder(folder: string, random: Random): void {
  mkdirSync(folder);
  for (let count = random.below(3); count > 0; count--) newFile(folder, random);
}

function overwriteSome(path: string, random: Random): void {
  const { size } = statSync(path);
  for (let count = 1 + random.below(2); count > 0; count--)
    overwrite(path, random.below(size + 1), random.bytes(1 + random.below(2 * KB)));
}

type Kind = 'file' | 'folder' | 'link';

function entries({ tree }: Pick<Playground, 'tree'>, kinds: readonly Kind[]): string[] {
  return readdirSync(tree, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((path) => path !== bystander)
    .map((path) => join(tree, path))
    .filter((path) => kinds.includes(kindOf(path)));
}

function kindOf(path: string): Kind {
  const stats = lstatSync(path);
  if (stats.isDirectory()) return 'folder';
  return stats.isFile() ? 'file' : 'link';
}

function pick<T>(random: Random, items: readonly T[]): T | undefined {
  return items[random.below(Math.max(1, items.length))];
}

function anyFolder(playground: Playground): string {
  return pick(playground.random, [playground.tree, ...entries(playground, ['folder'])]) ?? playground.tree;
}

function anything(playground: Playground): string | undefined {
  return pick(playground.random, entries(playground, ['file', 'folder', 'link']));
}

function onFile(playground: Playground, work: (path: string, random: Random) => void): void {
  const path = pick(playground.random, entries(playground, ['file']));
  if (path !== undefined) work(path, playground.random);
}

function isBelow(path: string, folder: string): boolean {
  return !relative(folder, path).startsWith('..');
}

function renameSomething(playground: Playground): void {
  const from = anything(playground);
  const to = anyFolder(playground);
  if (from !== undefined && !isBelow(to, from)) renameSync(from, newPlace(to));
}

function moveFolder(playground: Playground): void {
  const from = pick(playground.random, entries(playground, ['folder']));
  const to = anyFolder(playground);
  if (from !== undefined && !isBelow(to, from)) renameSync(from, newPlace(to));
}

function swapSomething(playground: Playground): void {
  const [one, other] = [anything(playground), anything(playground)];
  if (one === undefined || other === undefined || isBelow(one, other) || isBelow(other, one)) return;
  const aside = join(playground.tree, '.aside');
  renameSync(one, aside);
  renameSync(other, one);
  renameSync(aside, other);
}

function swapSiblings(playground: Playground): void {
  const folder = anyFolder(playground);
  const inside = readdirSync(folder).filter((name) => name !== bystander);
  const [one, other] = [pick(playground.random, inside), pick(playground.random, inside)];
  if (one !== undefined && other !== undefined && one !== other) swapEntries(folder, one, other);
}

function removeSomething(playground: Playground): void {
  const path = anything(playground);
  if (path !== undefined) rmSync(path, { recursive: true });
}

function changeType(playground: Playground): void {
  const path = anything(playground);
  if (path === undefined) return;
  const before = kindOf(path);
  rmSync(path, { recursive: true });
  if (before !== 'folder') fillFolder(path, playground.random);
  else if (playground.random.below(2) === 0) writeFileSync(path, playground.random.bytes(anySize(playground.random)));
  else symlinkSync('was a folder', path);
}

function copySomething(playground: Playground): void {
  const from = anything(playground);
  const to = anyFolder(playground);
  if (from !== undefined && !isBelow(to, from)) execFileSync('cp', ['-a', from, newPlace(to)]);
}

/** As it was in an earlier state, in its old place or in another. */
function comeBack(playground: Playground): void {
  const past = pick(playground.random, playground.past);
  const from = past === undefined ? undefined : anything({ ...playground, tree: past });
  if (past === undefined || from === undefined) return;
  const old = join(playground.tree, relative(past, from));
  const isReachable = existsSync(dirname(old)) && kindOf(dirname(old)) === 'folder';
  const isFree = isReachable && lstatSync(old, { throwIfNoEntry: false }) === undefined;
  const isFile = isReachable && !isFree && kindOf(from) === 'file' && kindOf(old) === 'file';
  const to = isFree || isFile ? old : join(anyFolder(playground), `${basename(from)} again ${++names}`);
  execFileSync('cp', ['-a', from, to]);
}
