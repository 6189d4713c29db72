import { lstatSync } from 'node:fs';
import { pathBytes } from '@btsoot/shared/disk/byte-path.js';
import { fileSystemType, sharedMounts } from '@btsoot/shared/disk/file-system.js';
import { judgeManifest, lookAtManifest, type ManifestLook } from '@btsoot/shared/doctor/manifests.js';
import { display } from '@btsoot/shared/model/bytes.js';
import { Check, type Diagnosis } from '@btsoot/shared/model/diagnosis.js';
import { plural } from '@btsoot/shared/model/human.js';
import { readLastResult } from '../last-result.js';
import { blockPaths, type Paths } from '../paths.js';
import { openSource } from '../source-root.js';
import type { Block } from '../sync-types.js';
import { judgeLastSync } from './last-sync.js';
import { examineLocalTarget } from './targets.js';
import { judgeSourceDisk } from './watching.js';

/** What of a block is on this machine: its source, what is known of it, how its last sync ended. */
export async function examineBlock(block: Block, paths: Paths, thorough: boolean): Promise<Diagnosis[]> {
  const last = await examineLastSync(block, paths);
  const target = block.target.kind === 'local' ? examineLocalTarget(block, block.target) : [];
  return [...examineSource(block), ...examineManifests(block, paths, thorough), last, ...target];
}

function examineSource(block: Block): Diagnosis[] {
  const check = new Check('source', block.name);
  const { source, name } = block;
  try {
    openSource(block).close();
    const hasBirthTimes = lstatSync(pathBytes(source), { bigint: true }).birthtimeNs > 0n;
    const [mount] = sharedMounts(source);
    const shared = mount === undefined ? null : { type: mount.type, at: display(mount.point) };
    const disk = { type: fileSystemType(source), shared, hasBirthTimes };
    return [
      check.good(`its source ${display(source)} is there, on the disk that was added`),
      judgeSourceDisk(name, block.watch, disk),
    ];
  } catch (error) {
    return [check.failed(error, `Make ${display(source)} a folder that this user can read.`)];
  }
}

function examineManifests({ name }: Block, paths: Paths, thorough: boolean): Diagnosis[] {
  const files = blockPaths(paths, name);
  const checking = thorough ? 'all' : 'small';
  const source = lookAtManifest(files.sourceManifest, checking);
  const replica = lookAtManifest(files.replicaManifest, checking);
  // Of a block that was never synced, that is what there is to say.
  if (source.kind === 'missing' && replica.kind === 'missing') return [];
  return [
    judgeManifest(name, 'the manifest of its source', source),
    judgeManifest(name, 'what is known of its target', replica),
    ...judgeDamage(name, source),
  ];
}

function judgeDamage(name: string, look: ManifestLook): Diagnosis[] {
  const damaged = look.kind === 'read' ? look.facts.damaged : 0;
  if (damaged === 0) return [];
  const text = `${plural(damaged, 'file')} of its source ${damaged === 1 ? 'is' : 'are'} known to be damaged`;
  return [new Check('damage', name).bad(text, `\`btsoot verify ${name} --repair\` gives them back from the target.`)];
}

async function examineLastSync({ name, watch, schedule }: Block, paths: Paths): Promise<Diagnosis> {
  try {
    return judgeLastSync({ block: name, watch, schedule }, await readLastResult(paths, name), Date.now() * 1000);
  } catch (error) {
    return new Check('last-sync', name).failed(
      error,
      `Make ${blockPaths(paths, name).lastResult} a file that this user can read.`,
    );
  }
}
