import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { repository } from './harness/programs.js';
import { temporaryDirectory } from './harness/world.js';

const folder = join(repository, 'deploy', 'systemd');
const skip = spawnSync('systemd-analyze', ['--version']).error === undefined ? false : 'there is no systemd-analyze here';

/** What systemd-analyze makes of a service's powers, from 0 to 10; "OK" ends at 4. */
const exposureMax: Readonly<Record<string, number>> = {
  'btsoot-remote.service': 2,
  'btsoot-agent.service': 2.5,
  'btsoot-sync@.service': 2.5,
};
/** With the powers that setting owners and making devices takes. */
const exposureOfDropInMax = 4.5;

/** The drop-ins, and the services that they are for. */
const dropIns: readonly (readonly [string, string])[] = [
  ['as-root.conf', 'btsoot-remote.service'],
  ['local-target.conf', 'btsoot-agent.service'],
  ['local-target.conf', 'btsoot-sync@.service'],
];

test('systemd takes the units as they are', { skip }, (t) => {
  const at = install(temporaryDirectory(t));
  for (const unit of units()) verify(at, unit);
});

test('systemd takes the drop-ins as they are', { skip }, (t) => {
  for (const [dropIn, unit] of dropIns) {
    const at = install(temporaryDirectory(t));
    addDropIn(at, dropIn, unit);
    verify(at, unit);
  }
});

test('services may do little beyond what they need', { skip }, () => {
  for (const [unit, bound] of Object.entries(exposureMax)) assert.ok(exposure(join(folder, unit)) <= bound, unit);
});

test('so may they with the drop-ins', { skip }, (t) => {
  for (const [dropIn, unit] of dropIns) {
    const at = temporaryDirectory(t);
    const merged = `${readFileSync(join(folder, unit), 'utf8')}\n${readFileSync(join(folder, 'examples', dropIn), 'utf8')}`;
    writeFileSync(join(at, unit), merged);
    assert.ok(exposure(join(at, unit)) <= exposureOfDropInMax, `${unit} with ${dropIn}`);
  }
});

/** Files of the unit folders, below `folder`. */
function units(): string[] {
  return [folder, join(folder, 'user')].flatMap((at) =>
    readdirSync(at)
      .filter((name) => /\.(service|timer)$/.test(name))
      .map((name) => join(at, name).slice(folder.length + 1)),
  );
}

/** Copies of the units whose programs exist: systemd looks for them. */
function install(at: string): string {
  for (const program of ['btsoot', 'btsoot-remote']) {
    writeFileSync(join(at, program), '#!/bin/sh\n');
    chmodSync(join(at, program), 0o755);
  }
  for (const unit of units()) {
    mkdirSync(dirname(join(at, unit)), { recursive: true });
    writeFileSync(join(at, unit), readFileSync(join(folder, unit), 'utf8').replaceAll('/usr/bin/btsoot', join(at, 'btsoot')));
  }
  return at;
}

function addDropIn(at: string, dropIn: string, unit: string): void {
  mkdirSync(join(at, `${unit}.d`));
  writeFileSync(join(at, `${unit}.d`, dropIn), readFileSync(join(folder, 'examples', dropIn)));
}

function verify(at: string, unit: string): void {
  const scope = unit.startsWith('user/') ? ['--user'] : [];
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...scope, join(at, unit)], {
    encoding: 'utf8',
    env: { ...process.env, XDG_RUNTIME_DIR: at, SYSTEMD_LOG_COLOR: '0' },
  });
  // Only of our own units: what else a machine has is not ours to judge.
  const said = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('btsoot'));
  assert.deepEqual({ unit, status, said }, { unit, status: 0, said: [] });
}

function exposure(file: string): number {
  const args = ['security', '--offline=true', '--no-pager', file];
  const { stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  const found = /exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1];
  assert.ok(found !== undefined, `${stdout}${stderr}`);
  return Number(found);
}
