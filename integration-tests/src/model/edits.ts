import {
  chmodSync,
  closeSync,
  constants,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { entriesBelow, type Found } from '../harness/entries.js';
import { seeded } from '../harness/random.js';
import { at } from '../harness/tree.js';
import type { Data, Edit } from './deeds.js';

/** Few, so that they collide; some that programs trip over. */
const names: readonly Buffer[] = [
  ...['a', 'b', 'c', 'd', 'ab', 'a.txt', '.hidden', ' ', 'it\'s, "so"', 'new\nline', '-rf', '\u00e9', 'e\u0301', '\u{1f4f7}'],
  Buffer.from([0xff, 0xfe]),
  Buffer.from([0x61, 0x80]),
  'l'.repeat(255),
].map((name) => Buffer.from(name));

const targets = ['a', '../b', '/nowhere', '.', 'x'.repeat(300), '\u00e9'];
const modes = [0o644, 0o600, 0o755, 0o000, 0o444, 0o4755, 0o1777, 0o2750, 0o111];
const owners = [0, 1, 1_000, 65_534];
/** Seconds: before 1970, a second's end, beyond 2038, and what ext4 can hold at most. */
const times: readonly (number | string)[] = [0, 1, 999_999_999.999_999, 1_500_000_000.123_456, 4_000_000_000, '-1.5', '-86400'];

const entriesMax = 70;
const bytesMax = 3_000_000;

/** Does one edit in a tree. What cannot be done there, such as to move a folder into itself, is left alone. */
export function doEdit(root: string, edit: Edit): void {
  const tree = new TreeNow(Buffer.from(root));
  switch (edit.kind) {
    case 'append':
    case 'overwrite':
    case 'truncate':
    case 'stretch':
    case 'replace': {
      const file = pick(tree.files, edit.file);
      if (file !== undefined) editFile(tree, file, edit);
      break;
    }
    case 'rename':
    case 'copy':
    case 'delete':
    case 'retype':
    case 'chmod':
    case 'chown':
    case 'touch': {
      const entry = pick(tree.entries, edit.entry);
      if (entry !== undefined) editEntry(tree, entry, edit);
      break;
    }
    case 'rotate':
      rotate(
        tree.root,
        edit.entries.flatMap((number) => pick(tree.entries, number)?.path ?? []),
      );
      break;
    default:
      trying(() => make(tree, edit));
  }
}

/** A tree as it is when it is edited. */
class TreeNow {
  readonly root: Buffer;
  readonly entries: readonly Found[];
  readonly files: readonly Found[];
  readonly #folders: readonly Buffer[];

  constructor(root: Buffer) {
    this.root = root;
    this.entries = entriesBelow(root);
    this.files = this.entries.filter(({ stats }) => stats.isFile());
    this.#folders = [root, ...this.entries.filter(({ stats }) => stats.isDirectory()).map(({ path }) => path)];
  }

  /** The sequences are long: each tree stays small. */
  get isFull(): boolean {
    const bytes = this.files.reduce((sum, { stats }) => sum + Number(stats.size), 0);
    return this.entries.length > entriesMax || bytes > bytesMax;
  }

  place({ folder, name }: { readonly folder: number; readonly name: number }): Buffer {
    return at(pick(this.#folders, folder) ?? this.root, pick(names, name) ?? 'a');
  }
}

type FileEdit = Extract<Edit, { file: number }>;
type EntryEdit = Extract<Edit, { entry: number }>;
type Making = Exclude<Edit, FileEdit | EntryEdit | { kind: 'rotate' }> | Extract<Edit, { kind: 'hard-link' }>;

function make(tree: TreeNow, edit: Making): void {
  if (tree.isFull) return;
  const place = tree.place(edit);
  switch (edit.kind) {
    case 'create':
      writeFile(place, bytesOf(edit.data));
      break;
    case 'make-folder':
      mkdirSync(place);
      break;
    case 'symlink':
      symlinkSync(pick(targets, edit.target) ?? '.', place);
      break;
    case 'hard-link': {
      const file = pick(tree.files, edit.file);
      if (file !== undefined) linkSync(file.path, place);
      break;
    }
    default:
      edit satisfies never;
  }
}

function editFile(tree: TreeNow, file: Found, edit: Exclude<FileEdit, { kind: 'hard-link' }>): void {
  const size = Number(file.stats.size);
  switch (edit.kind) {
    case 'append':
      withFile(file, 'a', (fd) => writeSync(fd, bytesOf(edit.data)));
      break;
    case 'overwrite': {
      const position = Math.floor((size * edit.at) / 1_000);
      const bytes = bytesOf(edit.data).subarray(0, Math.max(1, size - position));
      withFile(file, 'r+', (fd) => writeSync(fd, bytes, 0, bytes.length, position));
      break;
    }
    case 'truncate':
      truncateSync(file.path, Math.floor((size * edit.at) / 1_000));
      break;
    case 'stretch':
      if (!tree.isFull) truncateSync(file.path, size + edit.by);
      break;
    case 'replace':
      replace(tree.root, file, edit);
      break;
    default:
      edit satisfies never;
  }
}

function editEntry(tree: TreeNow, entry: Found, edit: EntryEdit): void {
  const { path, stats } = entry;
  switch (edit.kind) {
    case 'rename':
      trying(() => renameSync(path, tree.place(edit)));
      break;
    case 'copy':
      if (!tree.isFull) copy(entry, tree.place(edit));
      break;
    case 'delete':
      rmSync(path, { recursive: true });
      break;
    case 'retype':
      retype(path, edit.to);
      break;
    case 'chmod':
      if (!stats.isSymbolicLink()) chmodSync(path, pick(modes, edit.mode) ?? 0o644);
      break;
    case 'chown': {
      const owner = pick(owners, edit.owner) ?? 0;
      if (process.geteuid?.() === 0) lchownSync(path, owner, owner);
      break;
    }
    case 'touch': {
      const time = pick(times, edit.time) ?? 0;
      lutimesSync(path, time, time);
      break;
    }
    default:
      edit satisfies never;
  }
}

/** Whether an edit only adds: it overwrites and removes no bytes that were there. */
export function isAddition({ kind }: Edit): boolean {
  return kind === 'make-folder' || kind === 'symlink' || kind === 'hard-link' || kind === 'touch' || kind === 'chmod';
}

/** As programs save: a new file, renamed over the old one. */
function replace(root: Buffer, file: Found, { data, keepTime, keepSize }: Extract<Edit, { kind: 'replace' }>): void {
  const fresh = at(root, '.new');
  const bytes = bytesOf(keepSize ? { ...data, size: Number(file.stats.size) } : data);
  writeFileSync(fresh, bytes);
  const seconds = Number(file.stats.mtimeNs) / 1e9;
  if (keepTime && seconds > 0) lutimesSync(fresh, seconds, seconds);
  renameSync(fresh, file.path);
}

/** Each takes the place of the next: two are swapped, three go round. */
function rotate(root: Buffer, paths: readonly Buffer[]): void {
  const isNested = paths.some((one, index) =>
    paths.some((other, otherIndex) => index !== otherIndex && (one.equals(other) || isWithin(one, other))),
  );
  const [first, ...rest] = paths;
  if (first === undefined || isNested) return;
  const aside = at(root, '.aside');
  renameSync(first, aside);
  let free = first;
  for (const path of rest) {
    renameSync(path, free);
    free = path;
  }
  renameSync(aside, free);
}

function isWithin(outer: Buffer, inner: Buffer): boolean {
  return inner.subarray(0, outer.length + 1).equals(Buffer.concat([outer, Buffer.from('/')]));
}

function copy({ path, stats }: Found, to: Buffer): void {
  if (path.equals(to) || isWithin(path, to)) return;
  trying(() => {
    if (stats.isFile()) writeFile(to, readAll(path, Number(stats.size)));
    else copyFolder(path, to);
  });
}

/** By hand: cpSync takes no names that are not text. */
function copyFolder(from: Buffer, to: Buffer): void {
  if (!lstatSync(from).isDirectory()) return;
  mkdirSync(to);
  for (const { path, stats } of entriesBelow(from)) {
    const place = Buffer.concat([to, path.subarray(from.length)]);
    if (stats.isDirectory()) mkdirSync(place);
    else if (stats.isFile()) writeFileSync(place, readAll(path, Number(stats.size)));
  }
}

/** A symlink that is there already is not followed: it may lead out of the tree. */
function writeFile(path: Buffer, bytes: Buffer): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const fd = openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o644);
  try {
    writeSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
}

function readAll(path: Buffer, size: number): Buffer {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(size);
    readSync(fd, bytes, 0, size, 0);
    return bytes;
  } finally {
    closeSync(fd);
  }
}

function retype(path: Buffer, to: 'file' | 'directory' | 'symlink'): void {
  rmSync(path, { recursive: true });
  if (to === 'file') writeFileSync(path, 'a file now');
  else if (to === 'directory') mkdirSync(path);
  else symlinkSync('a-link-now', path);
}

function withFile({ path }: Found, flags: string, work: (fd: number) => unknown): void {
  const fd = openSync(path, flags);
  try {
    work(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * The system says no where a name is taken by something else, or a folder would get into itself; EACCES is for another's
 * symlink in a sticky folder.
 */
function trying(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!refusals.has(code)) throw error;
  }
}

const refusals = new Set([
  'EEXIST',
  'EISDIR',
  'ENOTDIR',
  'ENOTEMPTY',
  'EINVAL',
  'ELOOP',
  'ENOENT',
  'ENAMETOOLONG',
  'ENXIO',
  'EACCES',
]);

function pick<T>(of: readonly T[], number: number): T | undefined {
  return of[number % of.length];
}

/** Text, noise or nothing but zeros. */
function bytesOf({ size, salt }: Data): Buffer {
  if (salt % 7 === 3) return Buffer.alloc(size);
  if (salt % 7 === 5) return Buffer.from(`line ${salt} of a text that shrinks\n`.repeat(size / 20 + 1)).subarray(0, size);
  return seeded(salt + 1).bytes(size);
}
