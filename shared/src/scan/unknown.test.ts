import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { BtsootError } from '../model/errors.js';
import { Place } from './fixture.js';

const IS_ROOT = process.getuid?.() === 0;
const NOBODY = 65534;

/** Root may read everything, so the scan runs with the rights of somebody else. */
async function asNobody<T>(place: Place, work: () => Promise<T>): Promise<T> {
  if (!IS_ROOT) return work();
  execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, `${place.dir}/..`]);
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

test('a folder that cannot be listed stays as it was, is unknown, and is known again later', async (t) => {
  const place = new Place(t);
  place.write('a/private/secret', 'x');
  place.write('a/public', 'y');
  if (IS_ROOT) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, place.dir]);
  await place.scanCalmly();
  const secret = place.row('a/private/secret');
  chmodSync(place.at('a/private'), 0);
  const summary = await asNobody(place, () => place.scan());
  assert.deepEqual(summary.problems, [{ path: 'a/private', kind: 'unknown', message: 'cannot be listed (EACCES)' }]);
  assert.deepEqual(place.row('a/private/secret'), secret);
  const folder = place.row('a/private');
  assert.ok(folder?.kind === 'directory' && !folder.complete);
  const again = await asNobody(place, () => place.scan());
  assert.equal(again.problemCount, 1, 'it is looked at and told each time');
  chmodSync(place.at('a/private'), 0o755);
  assert.equal((await place.scanCalmly()).problemCount, 0);
});

test('a folder renamed while it cannot be listed takes its rows along', async (t) => {
  const place = new Place(t);
  place.write('private/secret', 'x');
  await place.scanCalmly();
  const id = place.id('private/secret');
  execFileSync('mv', [`${place.dir}/private`, `${place.dir}/elsewhere`]);
  chmodSync(place.at('elsewhere'), 0);
  await asNobody(place, () => place.scan());
  assert.equal(place.id('elsewhere/secret'), id);
  chmodSync(place.at('elsewhere'), 0o755);
  await place.scanCalmly();
});

test('a file that cannot be read is unknown, and read as soon as it can be', async (t) => {
  const script = `
    import { Place } from ${JSON.stringify(new URL('./fixture.js', import.meta.url).href)};
    import { chmodSync } from 'node:fs';
    const afterwards = [];
    const place = new Place({ after: (work) => afterwards.push(work) });
    place.write('closed', 'x');
    place.write('open', 'y');
    chmodSync(place.at('closed'), 0);
    const first = await place.scan();
    const row = place.row('closed');
    chmodSync(place.at('closed'), 0o600);
    const second = await place.scanCalmly();
    console.log(JSON.stringify({ problems: first.problems, content: row.content, later: second.problemCount }));
    for (const work of afterwards) await work();`;
  const identity = IS_ROOT ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', ...identity });
  if (IS_ROOT && child.status !== 0 && /EACCES|ERR_MODULE_NOT_FOUND/.test(child.stderr)) {
    return t.skip('the build cannot be read by another user');
  }
  assert.equal(child.stderr, '');
  assert.deepEqual(JSON.parse(child.stdout), {
    problems: [{ path: 'closed', kind: 'unknown', message: 'cannot be read (EACCES)' }],
    content: null,
    later: 0,
  });
});

test('a file that keeps growing is unknown until it stops', async (t) => {
  const place = new Place(t);
  place.write('log', '');
  truncateSync(place.at('log'), 2 ** 30);
  const script = 'const fs=require("fs");console.log("on");for(;;)fs.appendFileSync(process.argv[1],"y")';
  const writer = spawn(process.execPath, ['-e', script, `${place.dir}/log`], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => writer.kill('SIGKILL'));
  await once(writer.stdout, 'data');
  const summary = await place.scan();
  assert.equal(summary.problems[0]?.message, 'kept changing while it was read');
  const row = place.row('log');
  assert.ok(row?.kind === 'file' && row.content === null);
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  truncateSync(place.at('log'), 1000);
  await place.scanCalmly();
});

test('an empty mount point whose disk is missing is unknown, not emptied', async (t) => {
  if (!IS_ROOT) return t.skip('needs root to mount');
  const place = new Place(t);
  const usb = `${place.dir}/usb`;
  mkdirSync(usb);
  const whileMounted = async (work: () => Promise<unknown>): Promise<void> => {
    execFileSync('mount', ['-t', 'tmpfs', 'none', usb], { stdio: 'ignore' });
    await work().finally(() => execFileSync('umount', [usb]));
  };
  const use = async (): Promise<void> => {
    place.write('usb/photo', 'x');
    await place.scanCalmly();
  };
  try {
    await whileMounted(use);
  } catch (error) {
    if (error instanceof Error && /Command failed: mount/.test(error.message)) return t.skip('mounting is not allowed here');
    throw error;
  }
  assert.notEqual(place.manifest.seen(place.id('usb'))?.dev, 0n);
  for (let round = 0; round < 2; round++) {
    const summary = await place.scan();
    assert.match(summary.problems[0]?.message ?? '', /not mounted/);
    assert.ok(place.row('usb/photo'));
    const folder = place.row('usb');
    assert.ok(folder?.kind === 'directory' && !folder.complete);
  }
  await whileMounted(use);
});

test('a symlink to a folder is an entry, and is not entered', async (t) => {
  const place = new Place(t);
  symlinkSync('/', place.at('everything'));
  assert.equal((await place.scanCalmly()).entries, 1);
});

test('a root that is gone is an error, and no row is lost', async (t) => {
  const place = new Place(t);
  place.write('a', 'x');
  await place.scanCalmly();
  rmSync(place.dir, { recursive: true });
  await assert.rejects(place.scan(), (error) => error instanceof BtsootError && error.kind === 'not-found');
  assert.ok(place.row('a'));
  mkdirSync(place.dir);
  writeFileSync(place.at('b'), 'another folder of the same name');
  await assert.rejects(place.scan(), { kind: 'not-found' });
});
