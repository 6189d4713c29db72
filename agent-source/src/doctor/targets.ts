import { accessSync, constants, statSync } from 'node:fs';
import { diskSpace } from '@btsoot/shared/disk/file-system.js';
import { judgeSpace } from '@btsoot/shared/doctor/space.js';
import { display, toBytes } from '@btsoot/shared/model/bytes.js';
import { Check, type Diagnosis } from '@btsoot/shared/model/diagnosis.js';
import { listNames } from '../names.js';
import type { Block, BlockTarget } from '../sync-types.js';
import { displayTarget } from '../targets.js';

/** Blocks with one target take it away from each other with each sync. */
export function judgeSharedTargets(blocks: Iterable<Pick<Block, 'name' | 'target'>>): Diagnosis[] {
  const byTarget = new Map<string, string[]>();
  for (const { name, target } of blocks) {
    const text = displayTarget(target);
    byTarget.set(text, [...(byTarget.get(text) ?? []), name]);
  }
  return [...byTarget]
    .filter(([, names]) => names.length > 1)
    .map(([target, names]) =>
      new Check('targets', names.join(', ')).bad(
        `they have one target, ${target}: each sync undoes what the other has done`,
        `Give each a folder of its own: \`btsoot add ${names[1]} SOURCE TARGET\` points a block elsewhere.`,
      ),
    );
}

/** A target on a disk of this machine, without waking an agent on it. */
export function examineLocalTarget(block: Block, target: BlockTarget & { kind: 'local' }): Diagnosis[] {
  const check = new Check('target', block.name);
  const [root, shown] = [toBytes(target.root), display(target.root)];
  const home = toBytes(`${target.root}/.btsoot`);
  const mount = 'Mount its disk if it is not mounted; to begin anew there, run `btsoot add` again.';
  try {
    const stats = statSync(root, { throwIfNoEntry: false });
    if (stats === undefined) return [check.bad(`the target's directory ${shown} does not exist`, mount)];
    if (statSync(home, { throwIfNoEntry: false }) === undefined)
      return [check.bad(`${shown} holds no .btsoot folder: this is not the disk that the block was added with`, mount)];
    accessSync(home, constants.W_OK);
    const where = `Free some on it, or let old history go: \`btsoot-remote prune --root ${shown}\`.`;
    const source = statSync(toBytes(block.source), { throwIfNoEntry: false });
    const same =
      source?.dev === stats.dev
        ? check.warning(
            `${displayTarget(target)} is on the same disk as its source`,
            'Mirror to another disk too: when this one fails, both copies are lost.',
          )
        : check.good(`${displayTarget(target)} is there (\`btsoot-remote doctor --root ${shown}\` looks closer)`);
    return [same, judgeSpace(block.name, `the disk of ${shown}`, diskSpace(target.root), where)];
  } catch (error) {
    return [check.failed(error, `Make ${shown}/.btsoot a folder that this user can write.`)];
  }
}

/** A folder that the remote does not list was never made there, or is not granted to this source any more. */
export function judgeRemoteFolder(block: string, remote: string, folder: string, listed: readonly string[]): Diagnosis {
  const check = new Check('target', block);
  if (listed.includes(folder)) return check.good(`${remote} has its folder "${display(folder)}"`);
  return check.bad(
    `${remote} has no folder "${display(folder)}" for this source (it has ${listNames(listed.map(display))})`,
    `Run \`btsoot add ${block} SOURCE ${remote}:${display(folder)}\` again; if it is refused, \`btsoot-remote sources\` there says what was granted.`,
  );
}
