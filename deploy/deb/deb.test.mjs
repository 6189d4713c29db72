// `npm run test:deb`: builds both packages, unpacks them, and works with what is in them and nothing else. With
// $BTSOOT_DEB_CHROOT, a Debian with nodejs (`debootstrap --variant=minbase --include=nodejs,adduser trixie DIR`), it installs them
// there and works with what was installed; that takes root.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { repository } from '../cli/programs.mjs';

const chroot = process.env.BTSOOT_DEB_CHROOT;
const scratch = mkdtempSync(join(tmpdir(), 'btsoot-deb-test-'));
/** Where the packages are, and the same place as their programs see it. */
const root = chroot ?? join(scratch, 'root');
const home = chroot === undefined ? scratch : '/tmp/btsoot-test';
const homeOutside = chroot === undefined ? scratch : join(chroot, home);

const port = 20_000 + (process.pid % 20_000);
const env = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: home,
  LANG: 'C.UTF-8',
  BTSOOT_CONFIG: join(home, 'config'),
  BTSOOT_STATE: join(home, 'state'),
};

const serving = [];
after(() => {
  for (const child of serving) child.kill();
  if (chroot !== undefined) rmSync(homeOutside, { recursive: true, force: true });
  rmSync(scratch, { recursive: true, force: true });
});

test('both packages are built, and small', () => {
  const { status, stdout, stderr } = spawnSync('node', [join(repository, 'deploy/deb/build.mjs'), '--out', scratch], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const sizes = [...stdout.matchAll(/installed (\d+) KiB/g)].map(([, kib]) => Number(kib));
  assert.equal(sizes.length, 2, stdout);
  for (const kib of sizes) assert.ok(kib < 12 * 1024, stdout);
});

test('for a machine that nothing here compiles for there is none, and it says why', () => {
  const tools = { ...process.env, PATH: scratchOf('dpkg') };
  const refused = (architecture, env, expected) => {
    const args = [join(repository, 'deploy/deb/build.mjs'), '--out', join(scratch, 'none'), '--arch', architecture];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    assert.equal(status, 2, stderr);
    assert.match(stderr, expected);
  };
  refused('z80', process.env, /^--arch z80 is none of .*arm64.*\n$/);
  refused(process.arch === 'arm' ? 'arm64' : 'armhf', tools, /which compiling for \w+ takes: apt-get install g\+\+-\S+\n$/);
});

test('they are installed', () => {
  const debs = readdirSync(scratch).filter((name) => name.endsWith('.deb'));
  if (chroot === undefined) {
    for (const deb of debs) must('dpkg', '-x', join(scratch, deb), root);
    return;
  }
  rmSync(homeOutside, { recursive: true, force: true });
  mkdirSync(homeOutside, { recursive: true });
  for (const deb of debs) cpSync(join(scratch, deb), join(homeOutside, deb));
  must('chroot', root, 'dpkg', '-i', ...debs.map((deb) => join(home, deb)));
  must('chroot', root, 'getent', 'passwd', 'btsoot-remote');
});

test('nothing in them knows where they were built', () => {
  const library = join(root, 'usr/lib');
  for (const name of ['btsoot-source', 'btsoot-remote']) {
    for (const entry of readdirSync(join(library, name), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      assert.ok(!readFileSync(path).includes(repository), path);
    }
  }
});

test('a folder is mirrored to a remote and to a disk, and restored', async () => {
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  assert.equal(run('btsoot', '--version').trim(), version);
  assert.equal(run('btsoot-remote', '--version').trim(), version);

  for (const name of ['photos/2024', 'pi', 'disk', 'back']) mkdirSync(join(homeOutside, name), { recursive: true });
  writeFileSync(join(homeOutside, 'photos/2024/a.jpg'), 'a picture');
  writeFileSync(join(homeOutside, 'photos/large'), Buffer.alloc(3_000_000, 'large'));

  run('btsoot-remote', 'init', '--root', join(home, 'pi'), '--listen', `127.0.0.1:${port}`, '--name', 'pi');
  await start(/serving/, 'serve', '--root', join(home, 'pi'));
  const code = await start(/^btsoot1-\S+$/m, 'pair', '--root', join(home, 'pi'));
  run('btsoot', 'pair', code, '--name', 'pi');
  run('btsoot', 'add', 'far', join(home, 'photos'), 'pi:photos');
  run('btsoot', 'add', 'near', join(home, 'photos'), join(home, 'disk/photos'));
  run('btsoot', 'sync');
  run('btsoot', 'restore', 'far', '--to', join(home, 'back'));
  for (const copy of ['pi/photos', 'disk/photos', 'back'])
    must('diff', '-r', join(homeOutside, 'photos'), join(homeOutside, copy));
});

test('a package goes, and leaves the copies', { skip: chroot === undefined ? 'there is no chroot' : false }, () => {
  must('chroot', root, 'dpkg', '--purge', 'btsoot-source', 'btsoot-remote');
  assert.deepEqual(
    readdirSync(join(root, 'usr/lib')).filter((name) => name.startsWith('btsoot')),
    [],
  );
  must('diff', '-r', join(homeOutside, 'photos'), join(homeOutside, 'pi/photos'));
});

/** A folder for $PATH with this one program. */
function scratchOf(name) {
  const folder = mkdtempSync(join(scratch, 'path-'));
  symlinkSync(`/usr/bin/${name}`, join(folder, name));
  return folder;
}

function command(program, args) {
  if (chroot === undefined) return [join(root, 'usr/bin', program), args];
  // As a mount of its own with /proc in it, in a namespace that takes both along when it ends.
  const enter = 'mount --bind "$0" "$0" && cd "$0" && mount --bind /proc "$0/proc" && exec chroot "$0" "$@"';
  return ['unshare', ['--mount', 'sh', '-c', enter, root, program, ...args]];
}

function run(program, ...args) {
  const [file, words] = command(program, args);
  const { status, stdout, stderr, error } = spawnSync(file, words, { encoding: 'utf8', env, cwd: '/' });
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${error ?? ''}${stdout}${stderr}`);
  return stdout;
}

/** Starts a command of the remote, and waits for what it says. */
function start(expected, ...args) {
  const [file, words] = command('btsoot-remote', args);
  const child = spawn(file, words, { env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  serving.push(child);
  let said = '';
  return new Promise((resolve, reject) => {
    const hear = (text) => {
      said += text;
      const found = expected.exec(said)?.[0];
      if (found !== undefined) resolve(found);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', hear);
    child.once('close', () => reject(new Error(`${args.join(' ')} ended: ${said}`)));
  });
}

function must(program, ...args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${error ?? ''}${stdout}${stderr}`);
}
