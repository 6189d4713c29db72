import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { getfattrMissing, setAttribute } from './attributes.js';
import { treeDifferences } from './compare.js';
import { rsyncDifferences, rsyncMissing } from './rsync.js';
import { at, dir, file, link, plant } from './tree.js';

const whenUs = 1_600_000_000_123_456;

/** Two equal trees, each made on its own. */
function twins(t: TestContext): { left: string; right: string } {
  const directory = mkdtempSync(join(tmpdir(), 'btsoot-compare-'));
  t.after(() => rmSync(directory, { recursive: true }));
  for (const side of ['left', 'right']) {
    plant(
      directory,
      dir(
        side,
        [
          file('a', 'alpha', { mtimeUs: whenUs }),
          file(Buffer.from([0xff, 0x0a, 0x27]), 'odd', { mode: 0o600, mtimeUs: whenUs }),
          dir('sub', [file('b', 'beta', { mtimeUs: whenUs }), dir('empty', [], { mtimeUs: whenUs })], { mtimeUs: whenUs }),
          link('link', 'sub/b', { mtimeUs: whenUs }),
          file('twin', 'alpha', { mtimeUs: whenUs }),
        ],
        { mtimeUs: whenUs },
      ),
    );
    linkSync(join(directory, side, 'a'), join(directory, side, 'linked'));
    utimesSync(join(directory, side), whenUs / 1e6, (whenUs + 0.5) / 1e6);
  }
  return { left: join(directory, 'left'), right: join(directory, 'right') };
}

/** Each changes one thing on the right, and gives changed folders their time back so that nothing else tells. */
const faults: Record<string, (right: string) => void> = {
  'other bytes of the same size': (right) => writeFileSync(join(right, 'a'), 'alphb'),
  'a longer file': (right) => appendFileSync(join(right, 'a'), '!'),
  'another mode': (right) => chmodSync(join(right, 'sub/b'), 0o755),
  'a time one microsecond off': (right) => utimesSync(join(right, 'sub/b'), 1, (whenUs + 1.5) / 1e6),
  'a time of a folder': (right) => utimesSync(join(right, 'sub/empty'), 1, 1),
  'a time of a link': (right) => lutimesSync(join(right, 'link'), 1, 1),
  ...(getfattrMissing === false && {
    'an attribute': (right: string) => setAttribute(join(right, 'sub/b'), 'user.mark', 'x'),
    'an attribute of a folder': (right: string) => setAttribute(join(right, 'sub/empty'), 'user.mark', 'x'),
  }),
  'a missing file': (right) => rmSync(join(right, 'sub/b')),
  'one file too many': (right) => writeFileSync(join(right, 'sub/empty/new'), ''),
  'another name with the same text': (right) =>
    renameSync(at(right, Buffer.from([0xff, 0x0a, 0x27])), at(right, Buffer.from([0xfe, 0x0a, 0x27]))),
  'a link that is another file': (right) => {
    rmSync(join(right, 'linked'));
    plant(right, file('linked', 'alpha', { mtimeUs: whenUs }));
  },
  'files linked that are none': (right) => {
    rmSync(join(right, 'twin'));
    linkSync(join(right, 'a'), join(right, 'twin'));
  },
  'a FIFO in place of a file': (right) => {
    rmSync(join(right, 'a'));
    execFileSync('mkfifo', [join(right, 'a')]);
  },
  'a folder in place of a file': (right) => {
    rmSync(join(right, 'a'));
    mkdirSync(join(right, 'a'));
  },
  'another link target': (right) => {
    rmSync(join(right, 'link'));
    plant(right, link('link', 'sub/c', { mtimeUs: whenUs }));
  },
};

test('equal trees have no difference', (t) => {
  const { left, right } = twins(t);
  assert.deepEqual(treeDifferences(left, right), []);
});

for (const [name, spoil] of Object.entries(faults)) {
  test(`finds ${name}`, (t) => {
    const { left, right } = twins(t);
    spoil(right);
    for (const folder of ['', 'sub']) {
      if (name !== 'a time of a folder') utimesSync(join(right, folder), whenUs / 1e6, (whenUs + 0.5) / 1e6);
    }
    const differences = treeDifferences(left, right);
    assert.notEqual(differences.length, 0);
  });
}

test('the list of differences is bounded', (t) => {
  const { left, right } = twins(t);
  for (let index = 0; index < 100; index += 1) writeFileSync(join(left, `extra-${index}`), '');
  assert.equal(treeDifferences(left, right).length, 40);
});

test('rsync as the second judge', { skip: rsyncMissing }, (t) => {
  const { left, right } = twins(t);
  assert.deepEqual(rsyncDifferences(left, right), []);
  writeFileSync(join(right, 'a'), 'alphb');
  rmSync(join(left, 'sub'), { recursive: true });
  cpSync(join(left, 'a'), join(left, 'c'));
  const lines = rsyncDifferences(left, right);
  for (const name of ['a', 'c', 'sub/'])
    assert.ok(
      lines.some((line) => line.endsWith(` ${name}`)),
      `${name} in ${lines}`,
    );
});
