import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Rules } from '../filter/rules.js';
import { Manifest } from '../manifest/manifest.js';
import { limits } from '../model/limits.js';
import { Place, type ScanChanges } from './fixture.js';
import type { ScanSummary } from './scan.js';
import { TreeWatch } from './tree-watch.js';

const FILTER = { rules: Rules.NONE, except: null, leftOutIsUnknown: false };

/** A folder that was scanned under watch. */
class Watched extends Place {
  readonly watch: TreeWatch;
  readonly #changes: ScanChanges;

  private constructor(t: TestContext, watch: TreeWatch, changes: ScanChanges) {
    super(t);
    this.watch = watch;
    this.#changes = changes;
  }

  static async of(t: TestContext, paths: readonly string[], { onChange = () => {}, ...changes }: WatchedChanges = {}) {
    const watch = TreeWatch.open(onChange);
    if (watch === null) {
      t.skip('native/watcher.c was not compiled');
      return null;
    }
    t.after(() => watch.close());
    const place = new Watched(t, watch, changes);
    for (const path of paths) place.write(path, `of ${path}`);
    await place.calm();
    const { lookedAt } = await place.again();
    assert.equal(lookedAt, 'everything');
    return place;
  }

  /** A scan of what has changed. */
  async again(changes: ScanChanges = {}): Promise<ScanSummary> {
    await this.calm();
    return await this.scan({ ...this.#changes, watch: this.watch, ...changes });
  }

  async shortcut(): Promise<ScanSummary> {
    const summary = await this.again();
    assert.equal(summary.lookedAt, 'due');
    this.check();
    return summary;
  }
}

interface WatchedChanges extends ScanChanges {
  readonly onChange?: () => void;
}

test('where nothing has changed, nothing is looked at', async (t) => {
  const place = await Watched.of(t, ['a/x/1', 'a/2', 'b/3']);
  if (place === null) return;
  assert.equal((await place.shortcut()).entries, 0);
});

test('of what has changed, its folder and the one that holds that are looked at', async (t) => {
  const place = await Watched.of(t, ['a/x/1', 'a/x/2', 'a/y/3', 'b/4']);
  if (place === null) return;
  place.write('a/x/1', 'changed');
  const { entries, changed, hashedFiles } = await place.shortcut();
  assert.deepEqual({ entries, changed, hashedFiles }, { entries: 4, changed: 1, hashedFiles: 1 });
});

test('whoever watches is told of a change', async (t) => {
  let tell: () => void = () => {};
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const place = await Watched.of(t, ['a/1'], { onChange: () => tell() });
  if (place === null) return;
  place.write('a/1', 'changed');
  const alive = setInterval(() => {}, 1_000);
  await told;
  clearInterval(alive);
  assert.equal((await place.shortcut()).changed, 1);
});

test('a folder that was moved is not looked into, and what changes in it afterwards is seen', async (t) => {
  const place = await Watched.of(t, ['a/deep/x/1', 'a/deep/2', 'b/3']);
  if (place === null) return;
  renameSync(place.at('a/deep'), place.at('b/moved'));
  const { entries, hashedFiles, renamed } = await place.shortcut();
  // The root's two, none of a's, and two of b's.
  assert.deepEqual({ entries, hashedFiles, renamed }, { entries: 4, hashedFiles: 0, renamed: 1 });
  place.write('b/moved/x/1', 'changed');
  assert.equal((await place.shortcut()).changed, 1);
});

test('a folder that is new is looked into as deep as it goes, and watched from then on', async (t) => {
  const place = await Watched.of(t, ['a/1']);
  if (place === null) return;
  place.write('a/new/x/y/1', 'one');
  await place.shortcut();
  place.write('a/new/x/y/2', 'two');
  assert.equal((await place.shortcut()).hashedFiles, 1);
});

test('what was changed outside of the tree and came back is seen', async (t) => {
  const place = await Watched.of(t, ['a/deep/x/1', 'b/2']);
  if (place === null) return;
  const outside = `${dirname(place.dir)}/outside`;
  renameSync(place.at('a/deep'), outside);
  await place.shortcut();
  writeFileSync(`${outside}/x/1`, 'changed outside');
  renameSync(outside, place.at('b/deep'));
  await place.shortcut();
  renameSync(place.at('b/deep'), outside);
  writeFileSync(`${outside}/x/1`, 'changed outside between two scans');
  renameSync(outside, place.at('a/deep'));
  await place.shortcut();
});

test('the other names of a file are looked at where one of them has changed', async (t) => {
  const place = await Watched.of(t, ['a/x/1', 'b/2', 'c/3']);
  if (place === null) return;
  linkSync(place.at('a/x/1'), place.at('b/linked'));
  await place.shortcut();
  assert.notEqual(place.group('a/x/1'), null);
  linkSync(place.at('c/3'), place.at('a/linked'));
  writeFileSync(place.at('a/linked'), 'changed, too, under a new name');
  await place.shortcut();
  writeFileSync(place.at('b/linked'), 'through the other name');
  await place.shortcut();
  chmodSync(place.at('a/x/1'), 0o640);
  await place.shortcut();
  rmSync(place.at('b/linked'));
  await place.shortcut();
  assert.equal(place.group('a/x/1'), null);
  linkSync(place.at('a/x/1'), place.at('c/linked'));
  await place.shortcut();
  rmSync(place.at('a'), { recursive: true });
  await place.shortcut();
  assert.equal(place.group('c/linked'), null);
});

test('a name that a file got after its folder was moved does not take it out of that folder', async (t) => {
  const place = await Watched.of(t, ['a/1', 'b/c/2']);
  if (place === null) return;
  renameSync(place.at('a'), place.at('b/c/a'));
  linkSync(place.at('b/c/a/1'), place.at('b/linked'));
  await place.shortcut();
});

test('another .btsootignore counts for all that lies below it', async (t) => {
  const place = await Watched.of(t, ['a/x/y/1.tmp', 'a/x/y/2', 'b/3.tmp'], { filter: FILTER });
  if (place === null) return;
  place.write('a/.btsootignore', '*.tmp\n');
  assert.equal((await place.again()).lookedAt, 'due');
  assert.equal(place.row('a/x/y/1.tmp'), undefined);
  place.write('a/x/y/4.tmp', 'ignored by what an ancestor says');
  const { lookedAt, changed } = await place.again();
  // The folder's time is another one.
  assert.deepEqual({ lookedAt, changed }, { lookedAt: 'due', changed: 1 });
  assert.equal(place.row('a/x/y/4.tmp'), undefined);
  rmSync(place.at('a/.btsootignore'));
  await place.shortcut();
  assert.ok(place.row('a/x/y/4.tmp'));
});

test('a folder that was moved to where other patterns are for it is looked into', async (t) => {
  const place = await Watched.of(t, ['a/d/x/1.tmp', 'a/d/x/2', 'b/3'], { filter: FILTER });
  if (place === null) return;
  place.write('.btsootignore', '/b/**/*.tmp\n');
  await place.shortcut();
  renameSync(place.at('a/d'), place.at('b/d'));
  assert.equal((await place.again()).lookedAt, 'due');
  assert.equal(place.row('b/d/x/1.tmp'), undefined);
  assert.ok(place.row('b/d/x/2'));
  renameSync(place.at('b'), place.at('c'));
  await place.shortcut();
  assert.ok(place.row('c/d/x/1.tmp'));
  place.write('c/.btsootignore', '*.tmp\n');
  await place.again();
  assert.equal(place.row('c/d/x/1.tmp'), undefined);
  renameSync(place.at('c/d'), place.at('a/d'));
  rmSync(place.at('c/.btsootignore'));
  assert.equal((await place.again()).lookedAt, 'due');
  assert.ok(place.row('a/d/x/1.tmp'));
});

test('what could not be known is told by each scan until it can be', async (t) => {
  const place = await Watched.of(t, ['a/x/1', 'b/2'], { filter: FILTER });
  if (place === null) return;
  place.write('a/x/.btsootignore', 'pattern\n'.repeat(limits.ignorePatternsMax + 1));
  for (let round = 0; round < 3; round++) {
    const { lookedAt, problemCount } = await place.again();
    assert.deepEqual({ lookedAt, problemCount }, { lookedAt: 'due', problemCount: 1 });
  }
  rmSync(place.at('a/x/.btsootignore'));
  assert.equal((await place.shortcut()).problemCount, 0);
});

test('another folder in the place of the root, or a watch that is in doubt, means everything', async (t) => {
  const place = await Watched.of(t, ['a/1']);
  if (place === null) return;
  place.watch.doubt('somebody says so');
  assert.equal((await place.again()).lookedAt, 'everything');
  assert.equal((await place.again({ everything: true })).lookedAt, 'everything');
  assert.equal((await place.again({ readAll: true })).lookedAt, 'everything');
  assert.equal((await place.again({ specials: 'mirror' })).lookedAt, 'everything');
  assert.equal((await place.again({ specials: 'mirror' })).lookedAt, 'due');
});

test('where more folders have changed than the limit, everything is looked at', async (t) => {
  const few = 3;
  const folders = Array.from({ length: few + 1 }, (_, index) => `f${index}`);
  const place = await Watched.of(
    t,
    folders.map((folder) => `${folder}/1`),
  );
  if (place === null) return;
  const { watchDirtyFoldersMax } = limits;
  Object.assign(limits, { watchDirtyFoldersMax: few });
  t.after(() => Object.assign(limits, { watchDirtyFoldersMax }));
  for (const folder of folders.slice(1)) place.write(`${folder}/1`, 'changed');
  assert.equal((await place.shortcut()).changed, few);
  for (const folder of folders) place.write(`${folder}/1`, 'changed again');
  assert.equal((await place.again()).lookedAt, 'everything');
  place.check();
});

interface Reply {
  readonly lookedAt: string;
  readonly changed: number;
  readonly isFull: boolean;
  readonly watches: number;
}

/** Scans in a process of its own. */
function scanner(t: TestContext, place: Place, before: readonly string[] = []) {
  const script = fileURLToPath(new URL('./testing-watch.js', import.meta.url));
  const [command = '', ...args] = [...before, process.execPath, script, dirname(place.dir)];
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const scan = async (): Promise<Reply> => {
    await place.calm();
    child.stdin.write('\n');
    const { value, done } = await lines.next();
    return done === true ? assert.fail('it ended') : JSON.parse(value);
  };
  return { child, scan };
}

const QUEUE_MAX = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));

test('where the system has lost events, everything is looked at', async (t) => {
  if (QUEUE_MAX > 50_000) return t.skip(`the queue holds ${QUEUE_MAX} events here`);
  const place = await Watched.of(t, ['a/1', 'b/2']);
  if (place === null) return;
  const { child, scan } = scanner(t, place);
  await scan();
  assert.equal((await scan()).lookedAt, 'due');
  child.kill('SIGSTOP');
  mkdirSync(place.at('many'));
  await place.calm();
  for (let index = 0; index * 2 <= QUEUE_MAX; index++) {
    chmodSync(place.at('a/1'), index % 2 === 0 ? 0o600 : 0o644);
    chmodSync(place.at('b/2'), index % 2 === 0 ? 0o600 : 0o644);
  }
  place.write('b/late', 'not to be missed');
  child.kill('SIGCONT');
  const { lookedAt, changed } = await scan();
  assert.equal(lookedAt, 'everything');
  assert.ok(changed > 0);
  place.check();
  assert.equal((await scan()).lookedAt, 'due');
});

test('where the system allows no more watches, everything is looked at, and it is known why', async (t) => {
  const limited = ['unshare', '-U', '-r', 'sh', '-c', 'echo 2 > /proc/sys/user/max_inotify_watches && exec "$@"', 'sh'];
  if (spawnSync(limited[0] as string, [...limited.slice(1), 'true']).status !== 0)
    return t.skip('there is no user namespace to limit watches in');
  const place = await Watched.of(t, ['a/1', 'b/2', 'c/3']);
  if (place === null) return;
  const { scan } = scanner(t, place, limited);
  for (let round = 0; round < 2; round++) {
    const { lookedAt, isFull, watches } = await scan();
    assert.deepEqual({ lookedAt, isFull, watches }, { lookedAt: 'everything', isFull: true, watches: 2 });
  }
  rmSync(place.at('b'), { recursive: true });
  rmSync(place.at('c'), { recursive: true });
  await scan();
  const { lookedAt, isFull } = await scan();
  assert.deepEqual({ lookedAt, isFull }, { lookedAt: 'due', isFull: false });
});

test('where a folder is mounted in two places of the tree, everything is looked at', async (t) => {
  const alone = ['unshare', '-m', '--propagation', 'private'];
  const bind = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
  const place = await Watched.of(t, ['a/x/1', 'b/y/2', 'c/3']);
  if (place === null) return;
  const namespace = [alone, ['unshare', '-U', '-r', ...alone.slice(1)]].map((before) => [...before, 'sh', '-c', bind, 'sh']);
  const folders = [place.at('a/x'), place.at('b/y')].map(String);
  const mounted = namespace
    .map((before) => [...before, ...folders])
    .find(([command = '', ...args]) => {
      return spawnSync(command, [...args, 'true']).status === 0;
    });
  if (mounted === undefined) return t.skip('there is no mount namespace to be had');
  const { scan } = scanner(t, place, mounted);
  assert.equal((await scan()).lookedAt, 'everything');
  place.write('a/x/1', 'changed in both');
  const { lookedAt, changed } = await scan();
  assert.deepEqual({ lookedAt, changed }, { lookedAt: 'everything', changed: 2 });
  assert.equal((await scan()).lookedAt, 'everything');
});

test('where the manifest was made anew, each folder is watched as its new row', async (t) => {
  const names = Array.from({ length: 40 }, (_, index) => `f${String(index).padStart(2, '0')}`);
  const place = await Watched.of(
    t,
    names.map((name) => `${name}/in/1`),
  );
  if (place === null) return;
  // All rows after these have ids that others had.
  for (const name of names.splice(0, 2)) rmSync(place.at(name), { recursive: true });
  const manifest = Manifest.open(`${dirname(place.dir)}/anew.db`);
  t.after(() => manifest.close());
  assert.equal((await place.again({ manifest, everything: true, native: true })).lookedAt, 'everything');
  await place.calm();
  for (const name of names) {
    place.write(`${name}/in/1`, `changed in ${name}`);
    const { lookedAt, changed } = await place.again({ manifest });
    assert.deepEqual({ lookedAt, changed }, { lookedAt: 'due', changed: 1 });
  }
});
