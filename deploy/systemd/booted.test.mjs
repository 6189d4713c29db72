// `npm run test:units`: installs both packages in a Debian that has systemd, boots it, and lives with the services as a person
// would. It takes root, and that Debian in $BTSOOT_DEB_CHROOT:
// `debootstrap --variant=minbase --include=nodejs,adduser,systemd,systemd-sysv,dbus,iproute2 trixie DIR`.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { repository } from '../cli/programs.mjs';

const root = process.env.BTSOOT_DEB_CHROOT;
const isReady = root !== undefined && process.geteuid() === 0 && existsSync(join(root, 'lib/systemd/systemd'));
const skip = isReady ? false : '$BTSOOT_DEB_CHROOT names no Debian with systemd, or this is not root';
const scratch = mkdtempSync(join(tmpdir(), 'btsoot-units-'));
/** What is ours in that Debian: not below /tmp, which systemd mounts anew. */
const place = '/opt/btsoot-test';
/** So that a service that was killed is back at once. */
const quickRestart = '[Service]\nRestartSec=1\n';
const dropIns = ['agent', 'remote'].map((name) => `/etc/systemd/system/btsoot-${name}.service.d`);
const patienceMs = 60_000;
const namespaces = ['--mount', '--pid', '--uts', '--ipc', '--net', '--cgroup'];

let machine;
let firstProcess;

before(() => {
  if (skip !== false) return;
  must('node', join(repository, 'deploy/deb/build.mjs'), '--out', scratch);
  clear();
  mkdirSync(join(root, place), { recursive: true });
  for (const name of readdirSync(scratch)) cpSync(join(scratch, name), join(root, place, name));
  cpSync(join(repository, 'deploy'), join(root, place, 'deploy'), { recursive: true });
  for (const folder of dropIns) {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, 'quick.conf'), quickRestart);
  }
  for (const folder of ['usb', 'photos/2024']) mkdirSync(join(root, place, folder), { recursive: true });
  writeFileSync(join(root, place, 'photos/2024/large'), randomBytes(3_000_000));
  writeFileSync(join(root, place, 'photos/2024/private'), 'a text', { mode: 0o600 });
  machine = spawn('unshare', [...namespaces, '--fork', '--kill-child', join(repository, 'deploy/systemd/boot.sh'), root], {
    stdio: 'inherit',
  });
  firstProcess = waitFor(() => childOf(machine.pid));
  // Some services of a whole machine have nothing to do here, and fail.
  waitFor(() => (/^(running|degraded)/.test(inside('systemctl', 'is-system-running').stdout) ? true : null));
});

after(() => {
  machine?.kill('SIGKILL');
  if (skip === false) clear();
  rmSync(scratch, { recursive: true, force: true });
});

test('the installer sets up a remote that serves', { skip }, () => {
  mustInside('sh', `${place}/deploy/install.sh`, 'remote', '--root', `${place}/usb`, '--deb', debOf('remote'));
  assert.equal(stateOf('btsoot-remote'), 'active');
});

test('a source is paired, and synced by its timer', { skip }, () => {
  mustInside('sh', `${place}/deploy/install.sh`, 'source', '--deb', debOf('source'));
  const code = mustInside(
    'sh',
    '-c',
    `runuser -u btsoot-remote -- btsoot-remote pair --root ${place}/usb > ${place}/code 2> ${place}/pairing & \
    until grep -s ^btsoot1- ${place}/code; do sleep 0.1; done`,
  );
  mustInside('btsoot', 'pair', code.trim(), '--name', 'pi');
  mustInside('btsoot', 'add', 'photos', `${place}/photos`, 'pi:photos');
  mustInside('systemctl', 'enable', '--now', 'btsoot-sync@photos.timer');
  assert.match(mustInside('systemctl', 'list-timers', '--no-pager'), /btsoot-sync@photos\.timer/);
  mustInside('systemctl', 'start', 'btsoot-sync@photos');
  waitUntilMirrored();
});

test('the agent syncs what changes, with its commands and its own state, from within its sandbox', { skip }, () => {
  mustInside(
    'sh',
    '-c',
    `sed -i '/^\\[blocks.photos\\]/a watch = true\\nsettle = "1 s"\\nrun_after = "id -u"' ~/.config/btsoot/config.toml`,
  );
  mustInside('systemctl', 'enable', '--now', 'btsoot-agent');
  waitFor(() => (journalOf('btsoot-agent').includes('watched') ? true : null));
  mustInside('mv', `${place}/photos/2024`, `${place}/photos/summer`);
  waitUntilMirrored();
  assert.match(mustInside('btsoot', 'status'), /Your backup is good/);
  const { status, stdout } = inside('btsoot', 'doctor');
  assert.equal(status, 0, stdout);
});

test('services that were killed are started again, and go on', { skip }, () => {
  for (const name of ['btsoot-agent', 'btsoot-remote']) {
    const before = mainProcessOf(name);
    mustInside('kill', '-KILL', before);
    waitFor(() => (stateOf(name) === 'active' && mainProcessOf(name) !== before ? true : null));
  }
  mustInside('sh', '-c', `echo more >> ${place}/photos/summer/private`);
  waitUntilMirrored();
});

test('they stop in order, without being killed', { skip }, () => {
  for (const name of ['btsoot-agent', 'btsoot-remote']) {
    mustInside('systemctl', 'stop', name);
    assert.equal(mustInside('systemctl', 'show', '--property', 'Result', '--value', name).trim(), 'success');
  }
});

function childOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim() || null;
}

function debOf(side) {
  return join(
    place,
    readdirSync(scratch).find((name) => name.startsWith(`btsoot-${side}`)),
  );
}

function stateOf(name) {
  return inside('systemctl', 'is-active', name).stdout.trim();
}

function mainProcessOf(name) {
  return mustInside('systemctl', 'show', '--property', 'MainPID', '--value', name).trim();
}

function journalOf(name) {
  return mustInside('journalctl', '--no-pager', '--output', 'cat', '--unit', name);
}

function waitUntilMirrored() {
  waitFor(() => (inside('diff', '-r', `${place}/photos`, `${place}/usb/photos`).status === 0 ? true : null));
}

/** Asks until the answer is not null. @throws where it stays so */
function waitFor(question) {
  const untilMs = Date.now() + patienceMs;
  for (;;) {
    const answer = question();
    if (answer !== null) return answer;
    assert.ok(Date.now() < untilMs, `${question} did not come about`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

function inside(program, ...args) {
  const env = ['env', '-i', 'HOME=/root', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8'];
  return spawnSync('nsenter', ['--target', firstProcess, ...namespaces, ...env, program, ...args], { encoding: 'utf8' });
}

function mustInside(program, ...args) {
  const { status, stdout, stderr } = inside(program, ...args);
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

function must(program, ...args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${stdout}${stderr}`);
}

function clear() {
  for (const path of [place, '/root/.config/btsoot', '/root/.local/state/btsoot', ...dropIns])
    rmSync(join(root, path), { recursive: true, force: true });
  spawnSync('chroot', [root, 'dpkg', '--purge', 'btsoot-source', 'btsoot-remote']);
}
