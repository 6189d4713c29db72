import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { packChunks } from '../delta/chunk-list.js';
import { HISTORY_ID } from '../manifest/manifest.js';
import { isUndo } from '../manifest/undo-name.js';
import type { TreePath } from '../model/bytes.js';
import { inTree, type Step } from '../model/step.js';
import type { Action } from './action.js';
import { META } from './fixture.js';
import {
  contentOf,
  listOf,
  openPatchBench,
  type PatchBench,
  patchStep,
  plant,
  readAll,
  stagePatch,
  temporaryHome,
} from './patch-fixture.js';

/*
 * Old versions go by age, undo files as any other. The property: whatever the sessions did, of what is kept, every version
 * can be read.
 */

type Move = { readonly kind: 'patch' | 'replace' | 'remove' | 'rename' | 'copy'; readonly file: number };

const FILES = ['a', 'b', 'c'];
let versions = 0;

/** A version of some bytes that no other one is. */
function nextVersion(old: Buffer): Buffer {
  const made = Buffer.from(old);
  made.write(`version ${++versions}`, (versions * 37) % 1_500);
  return made;
}

const file = (content: { hash: string; sizeBytes: number }) => ({ kind: 'file', content }) as const;

/** What a step brings comes with its chunk list: the next one may patch it. */
interface Prepared {
  readonly action: Action;
  readonly brings: Buffer | null;
}

async function prepare(bench: PatchBench, { kind, file: number }: Move): Promise<Prepared | null> {
  const name = FILES[number % FILES.length] as string;
  const place = join(bench.home, 'tree', name);
  const slot = bench.commit.newSlot();
  if (!existsSync(place)) return null;
  const old = readFileSync(place);
  const moved = (step: Step): Prepared => ({ action: { index: 0, step, rowId: null, staged: null, slot }, brings: null });
  const whole = (step: Step, brings: Buffer): Prepared => {
    const staged = bench.staging.whole(brings, contentOf(brings), META);
    return { action: { index: 0, step, rowId: null, staged, slot }, brings };
  };
  switch (kind) {
    case 'patch': {
      const brings = nextVersion(old);
      return { action: await stagePatch(bench, name, old, brings), brings };
    }
    case 'replace': {
      const made = nextVersion(old);
      return whole(patchStep(name, contentOf(old), contentOf(made)), made);
    }
    case 'remove':
      return moved({ kind, at: inTree(name as TreePath), expect: file(contentOf(old)) });
    case 'rename':
    case 'copy': {
      const to = FILES[(number + 1) % FILES.length] as TreePath;
      if (existsSync(join(bench.home, 'tree', to))) return null;
      const step: Step = { kind: 'move', from: inTree(name as TreePath), to: inTree(to), expect: file(contentOf(old)) };
      if (kind === 'rename') return moved(step);
      return whole({ ...patchStep(to, contentOf(old), contentOf(old)), kind: 'copy', replaces: null }, old);
    }
  }
}

async function execute(bench: PatchBench, move: Move): Promise<void> {
  const prepared = await prepare(bench, move);
  if (prepared === null) return;
  const { action, brings } = prepared;
  const lists = brings === null ? [] : [{ content: contentOf(brings), packed: packChunks(listOf(brings)) }];
  const [result] = bench.commit.run([action], lists);
  assert.deepEqual(result?.outcome, { kind: 'done' });
}

/** As retention does it: the files first, then the rows. */
function expire({ manifest, home }: PatchBench, through: number): void {
  manifest.expiry.begin(through);
  for (const slot of manifest.expiry.slots(through, null, 1_000)) {
    rmSync(join(home, 'area', 'history', slot.name), { recursive: true });
    manifest.expiry.discard(slot, 100);
  }
  while (manifest.expiry.dropVersions());
}

function requireReadable(bench: PatchBench): void {
  for (const row of bench.manifest.rows(HISTORY_ID)) {
    const content = row.kind === 'file' ? row.content : null;
    if (content === null) assert.fail('only files are removed here');
    assert.deepEqual(contentOf(readAll(bench, content)), content, `${row.name} (undo: ${isUndo(row)})`);
  }
}

test('property: an undo file that is kept always has what it leads back from', async (t) => {
  const move = fc.record({
    kind: fc.constantFrom<Move['kind']>('patch', 'patch', 'patch', 'replace', 'remove', 'rename', 'copy'),
    file: fc.nat(2),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(move, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 9 }),
      async (sessions) => {
        let clock = 0;
        const bench = openPatchBench(temporaryHome(t), () => ++clock);
        try {
          for (const name of FILES) plant(bench, name, nextVersion(Buffer.alloc(2_000, name)));
          for (const moves of sessions) {
            for (const one of moves) await execute(bench, one);
            bench.commit.end(moves.length);
          }
          requireReadable(bench);
          for (const { number } of bench.manifest.sessions().toReversed()) {
            expire(bench, number);
            requireReadable(bench);
          }
        } finally {
          bench.close();
        }
      },
    ),
    { numRuns: 8 },
  );
});
