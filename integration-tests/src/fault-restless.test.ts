import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertNoResidue, keepingAll } from './harness/keeping.js';
import { cleanEnvironment } from './harness/programs.js';
import { Running } from './harness/running.js';
import { dir, file, plant } from './harness/tree.js';
import { pairedWorld, syncAndCheck } from './harness/world.js';

/* Files that vanish, shrink, grow, are replaced and rewritten while they are scanned and sent. */

/** Every state of a file is told by its bytes: lines of one version only, or the first part of a stream that never changes. */
const restless = String.raw`
const fs = require('node:fs');
const tree = process.argv[1];
const lines = (version, count) => ('version ' + String(version).padStart(8, '0') + '\n').repeat(count);
const stream = Buffer.from(Array.from({ length: 20000 }, (_, index) => String(index).padStart(9, '0')).join('\n'));
const quietly = (work) => { try { work(); } catch (error) { if (error.code !== 'ENOENT') throw error; } };
let version = 0;
const round = () => {
  version += 1;
  for (const count of [10, 3000, 20000]) {
    fs.writeFileSync(tree + '/.new', lines(version, count));
    fs.renameSync(tree + '/.new', tree + '/replaced-' + count);
    const vanishing = tree + '/vanishes-' + count;
    if (version % 2 === 0) fs.writeFileSync(vanishing, stream.subarray(0, count * 9));
    else quietly(() => fs.unlinkSync(vanishing));
  }
  const length = (version * 7919) % stream.length;
  fs.truncateSync(tree + '/shrinks', length);
  fs.writeFileSync(tree + '/shrinks', stream);
  if (version % 50 === 0) fs.truncateSync(tree + '/grows', 0);
  fs.appendFileSync(tree + '/grows', stream.subarray(fs.statSync(tree + '/grows').size).subarray(0, 5000));
  quietly(() => fs.renameSync(tree + '/folder', tree + '/moved'));
  quietly(() => fs.renameSync(tree + '/moved', tree + '/folder'));
  if (version === 1) console.log('restless');
  setTimeout(round, version % 10 === 0 ? 60 : 3);
};
round();
`;

const stream = Buffer.from(Array.from({ length: 20_000 }, (_, index) => String(index).padStart(9, '0')).join('\n'));

/** What the mirror's file never was on the source, if anything. */
function mixtureIn(name: string, bytes: Buffer): string | null {
  if (name.startsWith('replaced-')) {
    const versions = new Set(bytes.toString('latin1').trimEnd().split('\n'));
    return versions.size === 1 && bytes.length === Number(name.slice(9)) * 17
      ? null
      : `${versions.size} versions, ${bytes.length} bytes`;
  }
  if (/^(vanishes|shrinks|grows)/.test(name))
    return stream.subarray(0, bytes.length).equals(bytes) ? null : 'no first part of the stream';
  return null;
}

test('the mirror of files that change all the time never holds what they never were', async (t) => {
  const world = await pairedWorld(t, {
    plant: (tree) =>
      plant(tree, file('shrinks', stream), file('grows'), file('calm', 'calm'), dir('folder', [file('inside', 'inside')])),
  });
  const writer = new Running([process.execPath, '-e', restless, world.tree], { env: cleanEnvironment(world.directory) });
  t.after(() => writer.stop('SIGKILL'));
  await writer.line(/restless/);
  let mixtures = 0;
  const syncs = 6;
  await keepingAll(t, world, 'source files change while they are read', async () => {
    for (let round = 0; round < syncs; round += 1) {
      const run = await world.source.json('sync', 'photos');
      assert.ok(run.status === 0 || run.status === 4, run.output);
      for (const name of readdirSync(world.mirror).filter((one) => one !== 'folder' && one !== 'moved')) {
        const mixture = mixtureIn(name, readFileSync(join(world.mirror, name)));
        if (mixture !== null) mixtures += 1;
        assert.equal(mixture, null, `${name}: ${mixture}`);
      }
    }
    return syncs;
  });
  t.diagnostic(`fault: mixtures under a file's name | tries: ${syncs} | lost: ${mixtures}`);
  await writer.stop('SIGKILL');
  await syncAndCheck(world);
  assertNoResidue(world);
});
