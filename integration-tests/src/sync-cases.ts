import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { swapEntries } from './harness/changes.js';
import { seeded } from './harness/random.js';
import { at, dir, file, type Item, link, plant } from './harness/tree.js';

const random = seeded(1);
const KiB = 1024;

/** What one sync should have done. Left out: not looked at. */
export interface Expected {
  readonly put?: number;
  readonly move?: number;
  readonly copy?: number;
  readonly remove?: number;
  readonly sentBytes?: number;
}

export interface Case {
  readonly name: string;
  readonly change: (tree: string) => void;
  readonly expected: Expected;
}

export const startingTree: readonly Item[] = [
  file('readme.txt', 'hello'),
  file('empty', ''),
  dir('2019', [
    file('a.jpg', random.bytes(40_000)),
    file('b.jpg', random.bytes(1_000)),
    dir('raw', [file('a.raw', random.bytes(90_000))]),
  ]),
  dir('2020', [file('a.jpg', random.bytes(50_000)), file('c.jpg', random.bytes(2_000))]),
  dir('nothing', [dir('in', [dir('here')])]),
  link('latest', '2020/a.jpg'),
];

/** One after the other on the same tree, a sync and a check after each. */
export const cases: readonly Case[] = [
  {
    name: 'an edit',
    change: (tree) => appendFileSync(join(tree, '2019/a.jpg'), 'more'),
    expected: { put: 1, move: 0, remove: 0, sentBytes: 4 },
  },
  { name: 'an edit that keeps size and time', change: editInPlace, expected: { put: 1, sentBytes: 5 } },
  {
    name: 'a renamed file',
    change: (tree) => move(tree, '2019/b.jpg', '2019/z.jpg'),
    expected: { move: 1, put: 0, sentBytes: 0 },
  },
  {
    name: 'a renamed folder',
    change: (tree) => move(tree, '2019', 'nineteen'),
    expected: { move: 1, put: 0, remove: 0, sentBytes: 0 },
  },
  {
    name: 'a folder moved into another',
    change: (tree) => move(tree, 'nineteen', '2020/before'),
    expected: { move: 1, put: 0, sentBytes: 0 },
  },
  { name: 'a folder moved out again', change: (tree) => move(tree, '2020/before', '2019'), expected: { move: 1, sentBytes: 0 } },
  {
    name: 'two folders swapped',
    change: (tree) => swapEntries(tree, '2019', '2020'),
    expected: { put: 0, remove: 0, sentBytes: 0 },
  },
  {
    name: 'two files swapped',
    change: (tree) => swapEntries(tree, '2019/a.jpg', '2020/a.jpg'),
    expected: { put: 0, sentBytes: 0 },
  },
  { name: 'a folder that changes places with its own child', change: turnInsideOut, expected: { put: 0, sentBytes: 0 } },
  {
    name: 'a rename that changes only the case',
    change: (tree) => move(tree, 'readme.txt', 'README.txt'),
    expected: { put: 0, remove: 0, sentBytes: 0 },
  },
  { name: 'a file that was moved and edited', change: moveAndEdit, expected: {} },
  {
    name: 'a copy of a file',
    change: (tree) => copyFileSync(join(tree, '2019/a.jpg'), join(tree, '2020/copy.jpg')),
    expected: { copy: 1, put: 0, sentBytes: 0 },
  },
  {
    name: 'a deleted file',
    change: (tree) => rmSync(join(tree, '2020/copy.jpg')),
    expected: { remove: 1, put: 0, sentBytes: 0 },
  },
  {
    name: 'a deleted folder',
    change: (tree) => rmSync(join(tree, '2019'), { recursive: true }),
    expected: { remove: 1, sentBytes: 0 },
  },
  {
    name: 'new empty folders',
    change: (tree) => plant(tree, dir('e1', [dir('e2')]), dir('e3')),
    expected: { put: 0, sentBytes: 0 },
  },
  { name: 'an empty folder removed', change: (tree) => rmdirSync(join(tree, 'e3')), expected: { remove: 1 } },
  { name: 'things to change the type of', change: plantTypes, expected: {} },
  { name: 'every change of type', change: changeTypes, expected: {} },
  { name: 'links of every sort', change: plantLinks, expected: { sentBytes: 0 } },
  { name: 'a link that points elsewhere', change: relink, expected: { sentBytes: 0 } },
  { name: 'modes', change: changeModes, expected: { sentBytes: 0 } },
  { name: 'a file in a folder that forbids writing', change: writeIntoReadOnly, expected: { put: 1 } },
  { name: 'modes given back', change: restoreModes, expected: { put: 0, sentBytes: 0 } },
  { name: 'times', change: plantTimes, expected: {} },
  { name: 'times before 1970', change: plantOldTimes, expected: {} },
  { name: 'sizes around every limit', change: plantSizes, expected: {} },
  { name: 'odd names', change: plantOddNames, expected: {} },
  { name: 'odd names renamed', change: renameOddNames, expected: { put: 0, sentBytes: 0 } },
  { name: 'a deep tree', change: plantDeep, expected: {} },
  { name: 'a chain of renames, as log rotation makes it', change: shiftChain, expected: { put: 1 } },
];

function move(tree: string, from: string, to: string): void {
  renameSync(join(tree, from), join(tree, to));
}

function editInPlace(tree: string): void {
  const path = join(tree, 'readme.txt');
  const { atimeMs, mtimeMs } = lstatSync(path);
  writeFileSync(path, 'HELLO');
  utimesSync(path, atimeMs / 1000, mtimeMs / 1000);
}

function turnInsideOut(tree: string): void {
  plant(join(tree, 'nothing'), file('outer', 'o'));
  move(tree, 'nothing/in', 'aside');
  move(tree, 'nothing', 'aside/in');
  move(tree, 'aside', 'nothing');
  rmSync(join(tree, 'nothing/in/outer'));
}

function moveAndEdit(tree: string): void {
  move(tree, 'README.txt', '2020/notes.txt');
  appendFileSync(join(tree, '2020/notes.txt'), ' and goodbye');
  move(tree, '2020/notes.txt', 'README.txt');
  move(tree, '2019/c.jpg', 'c.jpg');
  appendFileSync(join(tree, 'c.jpg'), 'edited');
}

const types: Record<string, (name: string) => Item> = {
  file: (name) => file(name, `file ${name}`),
  folder: (name) => dir(name, [file('inside', `inside ${name}`), dir('deeper')]),
  link: (name) => link(name, `target of ${name}`),
};

function plantTypes(tree: string): void {
  for (const before of Object.keys(types)) {
    for (const after of Object.keys(types)) plant(tree, types[before]?.(`${before} to ${after}`) ?? file('?'));
  }
}

function changeTypes(tree: string): void {
  for (const before of Object.keys(types)) {
    for (const after of Object.keys(types)) {
      const name = `${before} to ${after}`;
      if (before === after) continue;
      rmSync(join(tree, name), { recursive: true });
      plant(tree, types[after]?.(name) ?? file('?'));
    }
  }
}

function plantLinks(tree: string): void {
  plant(
    tree,
    dir('links', [
      link('dangling', 'nowhere/at/all'),
      link('absolute', '/etc/hostname'),
      link('to a folder', '../2020'),
      link('upwards', '../../../..'),
      link('to itself', 'to itself'),
      link('any bytes', Buffer.from([0xff, 0x0a, 0x2c, 0xfe])),
      link('long', 'x'.repeat(4_000)),
      link('dated', 'somewhere', { mtimeUs: 1_234_567_890_123_456 }),
    ]),
  );
}

function relink(tree: string): void {
  rmSync(join(tree, 'links/dangling'));
  plant(join(tree, 'links'), link('dangling', 'somewhere else'));
}

function changeModes(tree: string): void {
  plant(tree, dir('modes', [dir('closed'), dir('sticky')]));
  for (const mode of [0o600, 0o444, 0o755, 0o4755, 0o2755, 0o640])
    plant(join(tree, 'modes'), file(mode.toString(8), '', { mode }));
  chmodSync(join(tree, 'modes/sticky'), 0o1777);
  chmodSync(join(tree, 'modes/closed'), 0o500);
  chmodSync(join(tree, '2020/a.jpg'), 0o400);
  chmodSync(join(tree, '2020'), 0o711);
}

function writeIntoReadOnly(tree: string): void {
  chmodSync(join(tree, 'modes/closed'), 0o700);
  plant(join(tree, 'modes/closed'), file('let in', 'quickly'));
  chmodSync(join(tree, 'modes/closed'), 0o500);
}

function restoreModes(tree: string): void {
  chmodSync(join(tree, 'modes/closed'), 0o755);
  chmodSync(join(tree, '2020'), 0o755);
}

function plantTimes(tree: string): void {
  const second = 1_000_000;
  const moments = [0, 1, 999_999, second, 981_173_106_789_012, 2 ** 31 * second + 3, 4_102_444_800 * second + 999_999];
  const items = moments.map((mtimeUs) => file(`at ${mtimeUs}`, `${mtimeUs}`, { mtimeUs }));
  plant(tree, dir('times', [...items, dir('old folder', [file('young file', 'x')], { mtimeUs: 5 * second + 5 })]));
}

function plantOldTimes(tree: string): void {
  const items = [-1, -999_999, -1_000_000, -1_500_000_000_123_456].map((mtimeUs) =>
    file(`at ${mtimeUs}`, `${mtimeUs}`, { mtimeUs }),
  );
  plant(tree, dir('before 1970', items));
}

function plantSizes(tree: string): void {
  const sizes = [1, 32 * KiB, 256 * KiB, 1024 * KiB].flatMap((limit) => [limit - 1, limit, limit + 1]);
  plant(
    tree,
    dir(
      'sizes',
      [...sizes, 5_000_000].map((size, index) => file(`${index}-${size}`, random.bytes(size))),
    ),
  );
}

const oddNames: readonly Buffer[] = [
  'comma, comma',
  "it's",
  '"quoted"',
  '$HOME `id` $(id)',
  'line\nfeed',
  'tab\tand return\r',
  'back\\slash',
  '-rf',
  '--delete',
  ' spaces ',
  '...',
  '~',
  '#hash;semicolon|pipe&and',
  '*?[a-z]{x,y}',
  '%2e%2e%2f',
  'Ünïcödé 写真 🎞',
  'e\u0301 decomposed',
  '.btsoot',
  '.hidden',
  'n'.repeat(255),
]
  .map((name) => Buffer.from(name))
  .concat([
    Buffer.from([0xff]),
    Buffer.from([0xc3, 0x28]),
    Buffer.from([0x80, 0x0a, 0x27, 0x24, 0x2c]),
    Buffer.from([0x01, 0x1b, 0x5b, 0x33, 0x31, 0x6d]),
    Buffer.from([0xef, 0xbb, 0xbf, 0x61]),
  ]);

function plantOddNames(tree: string): void {
  const files = oddNames.map((name) => file(name, Buffer.concat([Buffer.from('in '), name])));
  const folders = oddNames.map((name) =>
    dir(name, [file(name, 'child'), link(Buffer.concat([name.subarray(0, 200), Buffer.from('.l')]), name)]),
  );
  plant(tree, dir('odd', files), dir('odd folders', folders));
}

/** Every name moves on to the next entry, so that all are renamed and none is new. */
function renameOddNames(tree: string): void {
  for (const folder of ['odd', 'odd folders']) {
    renameSync(at(tree, folder, oddNames[0] ?? ''), join(tree, 'aside'));
    for (let index = 1; index < oddNames.length; index += 1) {
      renameSync(at(tree, folder, oddNames[index] ?? ''), at(tree, folder, oddNames[index - 1] ?? ''));
    }
    renameSync(join(tree, 'aside'), at(tree, folder, oddNames.at(-1) ?? ''));
  }
}

function plantDeep(tree: string): void {
  let place = join(tree, 'deep');
  mkdirSync(place);
  for (let depth = 0; depth < 120; depth += 1) {
    place = join(place, `level ${depth}`);
    mkdirSync(place);
  }
  writeFileSync(join(place, 'bottom'), 'here');
}

/** Each file takes the place of the next, and the first is new. */
function shiftChain(tree: string): void {
  const sizes = join(tree, 'sizes');
  const [first = '', second = '', third = ''] = ['0-0', '1-1', '2-2'];
  assert.ok(readFileSync(join(sizes, second)).length === 1);
  renameSync(join(sizes, '3-32767'), join(sizes, '4-32768.old'));
  renameSync(join(sizes, third), join(sizes, '3-32767'));
  renameSync(join(sizes, second), join(sizes, third));
  renameSync(join(sizes, first), join(sizes, second));
  writeFileSync(join(sizes, first), random.bytes(100));
}
