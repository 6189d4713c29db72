import { constants, copyFileSync, linkSync, mkdirSync, unlinkSync } from 'node:fs';
import { pathBytes } from '@btsoot/shared/disk/byte-path.js';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { baseName, type Name, type TreePath, toBytes } from '@btsoot/shared/model/bytes.js';
import { BtsootError, errnoOf } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Plan } from '@btsoot/shared/model/step.js';

/**
 * Where damaged files are kept that a restore replaces, at the root of the source. It is not mirrored. Who is sure that
 * there was nothing new in them may delete it.
 */
export const DAMAGED_FOLDER = '.btsoot-damaged' as Name;

/** A second name of a file that is about to be replaced. */
export interface Kept {
  readonly id: number;
  readonly path: string;
}

/** Gives each damaged file that the plan replaces a second name: somebody may know better what its bytes are. */
export function keepDamaged(root: TreeRoot, manifest: Manifest, plan: Plan): Kept[] {
  return plan.steps.flatMap(({ step, targetId }) => {
    const isReplaced = (step.kind === 'put' || step.kind === 'copy') && step.replaces !== null;
    if (!isReplaced || targetId === null || manifest.damage(targetId) === null) return [];
    return [{ id: targetId, path: keep(root, step.path) }];
  });
}

/** What was not replaced needs no second name. */
export function releaseUnreplaced(manifest: Manifest, kept: readonly Kept[]): void {
  for (const { id, path } of kept) if (manifest.damage(id) !== null) unlinkSync(toBytes(path));
}

function keep(root: TreeRoot, path: TreePath): string {
  const folder = `${root.path}/${DAMAGED_FOLDER}`;
  mkdirSync(pathBytes(folder), { recursive: true, mode: 0o700 });
  for (let number = 1; ; number++) {
    const kept = `${folder}/${number}-${baseName(path)}`.slice(0, folder.length + 1 + limits.nameLengthMaxBytes);
    try {
      root.at(path, (place) => linkOrCopy(place, toBytes(kept)));
      return kept;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      if (number >= limits.damagedKeptMax) {
        throw new BtsootError('refused', `there are ${number} damaged files of that name in ${DAMAGED_FOLDER}`, {
          hint: 'Look at them, and delete those that are of no use.',
        });
      }
    }
  }
}

/** Some file systems have no second names. */
function linkOrCopy(from: Buffer, to: Buffer): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const code = errnoOf(error);
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EMLINK') throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
}
