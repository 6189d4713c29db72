import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { probe } from './capabilities.js';
import { fileSystemIdentity, freeBytes, isMountPoint } from './file-system.js';
import { mountOf, mountsUnder, parseMounts, sharedAmong, typeOfMagic } from './mounts.js';

const noChroot =
  spawnSync('unshare', ['--mount', 'true']).status === 0 ? false : 'only root may make a chroot with mounts of its own';
const noFuse = noChroot === false && !existsSync('/dev/fuse') ? 'there is no /dev/fuse here' : noChroot;

const SAMPLE = [
  '22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw',
  '23 22 0:21 / /proc rw,nosuid - proc proc rw',
  '90 22 8:17 / /mnt/usb\\040disk rw shared:7 master:2 - ext4 /dev/sdb1 rw',
  '91 22 0:50 / /mnt/nas rw - nfs4 nas:/photos rw,vers=4.2',
  '92 91 8:33 / /mnt/nas rw - xfs /dev/sdc1 rw',
  'a line that is none',
  '',
].join('\n');

test('the mount that holds a path is the innermost, and the last one there', () => {
  const mounts = parseMounts(SAMPLE);
  assert.equal(mounts.length, 5);
  assert.equal(mountOf('/mnt/usb disk/a/b', mounts)?.source, '/dev/sdb1');
  assert.equal(mountOf('/mnt/usb', mounts)?.source, '/dev/sda2');
  assert.equal(mountOf('/mnt/nas/x', mounts)?.type, 'xfs');
  assert.equal(mountOf('/', mounts)?.point, '/');
});

test('what others may change is what lies on a share, or has one below it', () => {
  const mounts = parseMounts(SAMPLE.replace('/mnt/nas rw - xfs', '/mnt/nas/local rw - xfs'));
  for (const path of ['/mnt/nas', '/mnt/nas/x', '/mnt', '/']) assert.equal(sharedAmong(path, mounts).length > 0, true, path);
  for (const path of ['/mnt/nas/local', '/mnt/usb disk', '/mnt/na', '/home'])
    assert.equal(sharedAmong(path, mounts).length > 0, false, path);
  assert.deepEqual(
    mountsUnder('/mnt/nas', mounts).map(({ point }) => point),
    ['/mnt/nas/local'],
  );
  for (const type of ['nfs', 'nfs4', 'cifs', 'smb3', '9p', 'fuse.sshfs', 'virtiofs'])
    assert.equal(sharedAmong('/', parseMounts(`1 1 0:1 / / rw - ${type} x rw`)).length > 0, true, type);
  for (const type of ['ext4', 'fuseblk', 'vfat', 'zfs'])
    assert.equal(sharedAmong('/', parseMounts(`1 1 0:1 / / rw - ${type} x rw`)).length > 0, false, type);
});

test('of a real mount of FUSE below a folder, the folder is told', { skip: noFuse }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'btsoot-fuse-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  const asked = `
    import { sharedMounts } from '${new URL('file-system.js', import.meta.url)}';
    console.log(JSON.stringify(sharedMounts('${folder}').map(({ type, point }) => [type, point])));`;
  // Nobody answers for it: whoever looks into it would wait for ever.
  const run =
    'exec 3<>/dev/fuse; mount -i -t fuse.test -o fd=3,rootmode=40000,user_id=0,group_id=0 none "$1/a/b" && "$2" --input-type=module --eval "$3"';
  const args = ['--mount', '--propagation', 'private', 'sh', '-c', run, 'sh', folder, process.execPath, asked];
  const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
  assert.deepEqual(JSON.parse(stdout === '' ? '[]' : stdout), [['fuse.test', join(folder, 'a/b')]], stderr);
});

test('the root of a chroot, of which no table of mounts tells, counts as one', { skip: noChroot }, () => {
  const asked = `
    import { deviceUnder, fileSystemIdentity, fileSystemType, isMountPoint, sharedMounts } from '${new URL('file-system.js', import.meta.url)}';
    const at = '/some/folder';
    console.log(JSON.stringify([fileSystemIdentity(at), fileSystemIdentity('/proc'), sharedMounts(at).length, isMountPoint('/'), fileSystemType(at)]));
    deviceUnder(at);`;
  const [first, second] = [inChroot(asked), inChroot(asked)];
  const [identity, proc, shared, isPoint, type] = JSON.parse(first.stdout) as [string, string, number, boolean, string];
  assert.match(identity, /^(root:\d+:\d+|uuid:.+)$/);
  assert.deepEqual([proc, shared, isPoint], ['proc:proc', 0, true]);
  assert.doesNotMatch(type, /unknown/);
  if (identity.startsWith('uuid:')) assert.equal(first.stdout, second.stdout);
  else assert.notEqual(first.stdout, second.stdout, 'another folder is another root');
});

test('the types of file systems that a chroot may be on', () => {
  assert.deepEqual([typeOfMagic(0x6969), typeOfMagic(0xef53), typeOfMagic(0x1234)], ['nfs', 'ext4', '0x1234']);
  assert.equal(typeOfMagic(statfsSync('/proc').type), '0x9fa0');
});

test('this machine answers for its own file systems', () => {
  assert.match(fileSystemIdentity('/'), /^(uuid:.+|[a-z0-9.]+:.+)$/);
  assert.equal(fileSystemIdentity('/proc/self/..'), fileSystemIdentity('/proc'));
  assert.equal(isMountPoint('/proc'), true);
  assert.equal(isMountPoint('/proc/self'), false);
  assert.ok(freeBytes('/tmp') > 0);
  assert.throws(() => freeBytes('/nowhere/at/all'), /nowhere/);
  assert.throws(() => fileSystemIdentity('/nowhere/at/all'), /nowhere/);
});

/** Runs a script with a new folder as its root, which has only what Node.js needs. */
function inChroot(script: string): { readonly stdout: string } {
  const root = mkdtempSync(join(tmpdir(), 'btsoot-chroot-'));
  try {
    mkdirSync(join(root, 'some/folder'), { recursive: true });
    const repository = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
    const folders = [...new Set(['/usr', '/lib', '/lib64', '/bin', '/proc', dirname(process.execPath), repository])].filter(
      existsSync,
    );
    const mounting = folders.map((folder) => `mkdir -p "$1${folder}" && mount --rbind "${folder}" "$1${folder}"`);
    const run = [...mounting, 'exec chroot "$1" "$2" --input-type=module --eval "$3"'].join(' && ');
    const args = ['--mount', '--propagation', 'private', 'sh', '-c', run, 'sh', root, process.execPath, script];
    const { status, stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return { stdout };
  } finally {
    rmSync(root, { recursive: true });
  }
}

test('files are said to be cloned where cp can clone them', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'btsoot-probe-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const { reflinks } = probe(dir);
  writeFileSync(join(dir, 'file'), Buffer.alloc(64 * 1024, 'x'));
  const { status } = spawnSync('cp', ['--reflink=always', join(dir, 'file'), join(dir, 'clone')]);
  assert.equal(reflinks, status === 0);
});

test('the probe leaves nothing behind', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'btsoot-probe-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const can = probe(dir);
  assert.deepEqual(readdirSync(dir), []);
  assert.equal(can.symlinks, true);
  assert.equal(can.modes, true);
  assert.equal(can.exactTimes, true);
  assert.equal(can.chown, process.getuid?.() === 0);
  assert.throws(() => probe(join(dir, 'missing')), /missing/);
});
