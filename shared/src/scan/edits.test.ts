import assert from 'node:assert/strict';
import { chmodSync, linkSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { BtsootError } from '../model/errors.js';
import { Place, walkPlainly } from './fixture.js';
import { TreeWatch } from './tree-watch.js';

const EDITS = ['new', 'edit', 'save', 'remove', 'folder', 'move', 'swap', 'mode', 'time', 'link', 'hard', 'turn'] as const;

interface Edit {
  readonly what: (typeof EDITS)[number];
  readonly which: number;
  readonly other: number;
}

const edit: fc.Arbitrary<Edit> = fc.record({ what: fc.constantFrom(...EDITS), which: fc.nat(97), other: fc.nat(97) });

/** Several rounds of edits; each is followed by a scan, which may be cut off after so many turns of the event loop first. */
const history = fc.array(fc.record({ edits: fc.array(edit, { maxLength: 8 }), cutAfterTurns: fc.option(fc.nat(12)) }), {
  minLength: 1,
  maxLength: 4,
});

test('after any edits, a scan arrives at what a plain walk finds, and inodes keep their rows', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (rounds) => {
      const afterwards: (() => unknown)[] = [];
      const place = new Place({ after: (work: () => unknown) => afterwards.push(work) } as unknown as TestContext);
      try {
        for (const path of ['a/x/1', 'a/x/2', 'a/3', 'b/x/1', 'b/4', 'c/5']) place.write(path, `of ${path}`);
        await place.scanCalmly();
        for (const [round, { edits, cutAfterTurns }] of rounds.entries()) {
          const before = idsByInode(place);
          for (const [index, each] of edits.entries()) perform(place, each, `n${round}-${index}`);
          if (cutAfterTurns !== null) await cutOff(place, cutAfterTurns);
          await place.scanCalmly();
          assertSameRows(before, idsByInode(place));
        }
      } finally {
        for (const work of afterwards) await work();
      }
    }),
    { numRuns: 30, interruptAfterTimeLimit: 60_000 },
  );
});

test('under watch, a scan that looks only where something has changed arrives there too', async (t) => {
  if (TreeWatch.open(() => {}) === null) return t.skip('native/watcher.c was not compiled');
  let shortcuts = 0;
  await fc.assert(
    fc.asyncProperty(history, async (rounds) => {
      const afterwards: (() => unknown)[] = [];
      const place = new Place({ after: (work: () => unknown) => afterwards.push(work) } as unknown as TestContext);
      const watch = TreeWatch.open(() => {}) ?? assert.fail();
      try {
        for (const path of ['a/x/1', 'a/x/2', 'a/3', 'b/x/1', 'b/4', 'c/5']) place.write(path, `of ${path}`);
        await place.scanCalmly({ watch });
        for (const [round, { edits, cutAfterTurns }] of rounds.entries()) {
          const before = idsByInode(place);
          for (const [index, each] of edits.entries()) perform(place, each, `n${round}-${index}`);
          if (cutAfterTurns !== null) await cutOff(place, cutAfterTurns, watch);
          const { lookedAt } = await place.scanCalmly({ watch });
          if (cutAfterTurns === null) assert.equal(lookedAt, 'due');
          if (lookedAt === 'due') shortcuts++;
          assertSameRows(before, idsByInode(place));
          // A name that came and went changes a file's ctime, of which its other names' folders hear nothing: it may be read again.
          const { changed, renamed, removed } = await place.scanCalmly({ watch, everything: round % 2 === 0 });
          assert.deepEqual({ changed, renamed, removed }, { changed: 0, renamed: 0, removed: 0 });
        }
      } finally {
        watch.close();
        for (const work of afterwards) await work();
      }
    }),
    { numRuns: 30, interruptAfterTimeLimit: 60_000 },
  );
  assert.ok(shortcuts > 0);
});

async function cutOff(place: Place, turns: number, watch?: TreeWatch): Promise<void> {
  const stop = new AbortController();
  const countDown = (left: number): unknown => (left === 0 ? stop.abort() : setImmediate(() => countDown(left - 1)));
  countDown(turns);
  try {
    await place.scan({ signal: stop.signal, ...(watch === undefined ? {} : { watch }) });
  } catch (error) {
    if (!(error instanceof BtsootError && error.kind === 'cancelled')) throw error;
  }
}

/** By inode and birth; hard links, whose names share them, are left out. */
function idsByInode(place: Place): Map<string, number> {
  const ids = new Map<string, number>();
  for (const path of walkPlainly(place.dir).keys()) {
    const stat = lstatSync(place.at(path), { bigint: true });
    const row = place.row(path);
    if (row === undefined || stat.birthtimeNs === 0n || (!stat.isDirectory() && stat.nlink > 1n)) continue;
    ids.set(`${stat.ino} ${stat.birthtimeNs} ${row.kind}`, row.id);
  }
  return ids;
}

function assertSameRows(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): void {
  for (const [inode, id] of before) if (after.has(inode)) assert.equal(after.get(inode), id, `the row of inode ${inode}`);
}

/** What there is to edit: an entry of each kind at random, where there is one, and a free path. */
interface Scene {
  readonly place: Place;
  readonly file: string | undefined;
  readonly any: string | undefined;
  readonly second: string | undefined;
  readonly free: string;
  readonly number: number;
}

const isWithin = (path: string, ancestor: string): boolean => `${path}/`.startsWith(`${ancestor}/`);

/** Each time is set once: an edit whose time was put back beside a chmod is what no stat shows. */
let lastTime = 1_500_000_000;

const performers: Record<Edit['what'], (scene: Scene) => unknown> = {
  new: ({ place, free, number }) => place.write(free, `new ${number % 10}`),
  edit: ({ place, file, number }) => file && writeFileSync(place.at(file), `edit ${number % 10}`),
  save: ({ place, file, free }) => {
    if (file === undefined) return;
    place.write(free, 'saved');
    renameSync(place.at(free), place.at(file));
  },
  remove: ({ place, any }) => any && rmSync(place.at(any), { recursive: true }),
  folder: ({ place, free }) => mkdirSync(place.at(free), { recursive: true }),
  move: ({ place, any, free }) => any && !isWithin(free, any) && renameSync(place.at(any), place.at(free)),
  swap: ({ place, any, second }) => {
    if (any === undefined || second === undefined || isWithin(any, second) || isWithin(second, any)) return;
    renameSync(place.at(any), place.at('aside'));
    renameSync(place.at(second), place.at(any));
    renameSync(place.at('aside'), place.at(second));
  },
  mode: ({ place, file, number }) => file && chmodSync(place.at(file), 0o600 + (number % 64)),
  time: ({ place, file }) => file && utimesSync(place.at(file), 0, ++lastTime),
  link: ({ place, free, number }) => symlinkSync(`to ${number}`, place.at(free)),
  hard: ({ place, file, free }) => file && linkSync(place.at(file), place.at(free)),
  turn: ({ place, any }) => {
    if (any === undefined) return;
    rmSync(place.at(any), { recursive: true });
    place.write(`${any}/inside`, 'turned');
  },
};

function perform(place: Place, { what, which, other }: Edit, fresh: string): void {
  const tree = [...walkPlainly(place.dir)].filter(([path]) => path !== '');
  const pick = (kind: string, number: number): string | undefined => {
    const paths = tree.filter(([, entry]) => kind === 'any' || entry.kind === kind).map(([path]) => path);
    return paths[number % Math.max(paths.length, 1)];
  };
  const folder = pick('directory', other);
  const free = `${folder === undefined ? '' : `${folder}/`}${fresh}-${which}`;
  const [file, any, second] = [pick('file', which), pick('any', which), pick('any', other)];
  performers[what]({ place, file, any, second, free, number: other });
}
