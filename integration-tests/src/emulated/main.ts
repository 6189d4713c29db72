import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseArgs } from 'node:util';
import { memoryBytes, peakMemoryBytes } from '../harness/memory.js';
import { here, type Place } from '../harness/place.js';
import { repository } from '../harness/programs.js';
import { formatBytes, printTable } from '../harness/table.js';
import { pairedWorld, syncAndCheck, temporaryDirectory, type World } from '../harness/world.js';
import { type Architecture, architectures, missingFor } from './architecture.js';
import { Debian, Unreachable } from './debian.js';
import { EmulatedRemote } from './emulated-remote.js';
import { mustRun } from './must-run.js';
import { editLargeFile, findGood, findRot, holdHugeFile, killAmidSync, moveFolder, removeAndRestore } from './story.js';
import { plantMixed } from './tree.js';

/*
 * `npm run test:emulated`, or with `-- --arch armhf` for one: makes the remote agent's package for the kinds of machines that Pis
 * are, and has qemu run it with Debian 13's Node of that kind, against a source agent of this machine.
 */

const { values } = parseArgs({ options: { arch: { type: 'string' } } });
const chosen = architectures.filter(({ name }) => values.arch === undefined || values.arch === name);
if (chosen.length === 0) throw new Error(`--arch is one of ${architectures.map(({ name }) => name).join(', ')}`);

interface Memory {
  readonly idleBytes: number;
  readonly peakBytes: number;
}

/** better-sqlite3, xxhash-addon, fs-xattr. */
const PACKAGES_WITH_NATIVE_PARTS = 3;

/** Of a Node that does nothing else, as an expression: what the kernel says, also of an emulator. */
const RESIDENT_BYTES = "1024 * /VmRSS:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'latin1'))[1]";

const figures: string[][] = [];

for (const architecture of chosen) {
  test(`${architecture.name}, ${architecture.pis}`, { skip: missingFor(architecture) }, async (t) => {
    const debian = debianOf(architecture);
    if (debian instanceof Unreachable) return t.skip(debian.message);
    const emulated = EmulatedRemote.make(architecture, debian, temporaryDirectory(t));
    await t.test('Debian 13 has what the package depends on, and what was compiled loads', () => judgePackage(emulated));
    const { world, memory } = await firstSync(t, emulated.place());
    await t.test('what was mirrored is taken neither for changed nor for damaged', () => findGood(world));
    await t.test('a moved folder is a rename', () => moveFolder(world));
    await t.test('of a large file, what changed is sent', () => editLargeFile(world));
    await t.test('what was removed is in history', () => removeAndRestore(world));
    await t.test('killed amid a sync, it goes on where it was', () => killAmidSync(world));
    if (architecture.bits === 32) await t.test('a file is larger than 32 bits count', () => holdHugeFile(world));
    await t.test('without native parts of ours it does the same, and finds rot', () =>
      findRot(world, emulated.placeWithoutNativeParts()),
    );
    const { packageBytes, nodeBytes } = emulated.footprint();
    const nodeAlone = Number(emulated.evaluate(RESIDENT_BYTES));
    figures.push([
      architecture.name,
      ...[packageBytes, nodeBytes, nodeAlone, memory.idleBytes, memory.peakBytes].map(formatBytes),
    ]);
  });
}

test('this machine, for comparison', async (t) => {
  const { memory } = await firstSync(t, here);
  const nodeAlone = Number(mustRun(process.execPath, '-p', RESIDENT_BYTES));
  figures.push(['this machine', '', '', ...[nodeAlone, memory.idleBytes, memory.peakBytes].map(formatBytes)]);
  console.log('\nThe remote agent on the disk, and resident memory; where it is emulated, with all that qemu takes.\n');
  const titles = ['package', 'Node and its libraries', 'Node alone', 'serving', 'at most in a first sync'];
  printTable([{ title: '', align: 'left' }, ...titles.map((title) => ({ title, align: 'right' }) as const)], figures);
});

function debianOf(architecture: Architecture): Debian | Unreachable {
  try {
    return Debian.of(architecture);
  } catch (error) {
    if (error instanceof Unreachable) return error;
    throw error;
  }
}

function judgePackage(emulated: EmulatedRemote): void {
  assert.match(emulated.debian.install(emulated.deb), /^Inst btsoot-remote /m);
  const parts = emulated.nativeParts();
  const ours = readdirSync(join(repository, 'shared/native')).filter((name) => name.endsWith('.c'));
  assert.equal(parts.length, ours.length + PACKAGES_WITH_NATIVE_PARTS, parts.join());
  for (const part of parts) assert.ok(!readFileSync(part).includes(repository), `${part} knows where it was built`);
  const [nodeName, ...loaded] = JSON.parse(
    emulated.evaluate(`JSON.stringify([process.arch, ...${JSON.stringify(parts)}.map(require).map(Object.keys)])`),
  );
  assert.equal(nodeName, emulated.architecture.nodeName);
  for (const names of loaded) assert.ok(names.length > 0);
}

async function firstSync(t: TestContext, far: Place): Promise<{ world: World; memory: Memory }> {
  const world = await pairedWorld(t, { far, plant: plantMixed });
  const idleBytes = memoryBytes(world.remote.pid);
  await syncAndCheck(world);
  return { world, memory: { idleBytes, peakBytes: peakMemoryBytes(world.remote.pid) } };
}
