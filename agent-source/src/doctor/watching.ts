import { readFileSync } from 'node:fs';
import { Check, type Diagnosis } from '@btsoot/shared/model/diagnosis.js';
import { formatCount, plural } from '@btsoot/shared/model/human.js';
import { HERE } from './machine.js';

/** What the kernel lets one user watch, and what the blocks want. */
export interface WatchNeeds {
  readonly blocks: number;
  /** Of all watched blocks, as far as they were scanned. */
  readonly folders: number;
  /** Null where nobody can tell. */
  readonly watchesMax: number | null;
  readonly instancesMax: number | null;
}

/** Other programs of the same user watch too. */
const SHARE_FOR_US = 0.9;
const INSTANCES_FOR_OTHERS = 16;

export function judgeWatching({ blocks, folders, watchesMax, instancesMax }: WatchNeeds): Diagnosis[] {
  if (blocks === 0) return [];
  const check = new Check('watches', HERE);
  const found: Diagnosis[] = [];
  if (watchesMax !== null && folders > watchesMax * SHARE_FOR_US) {
    const wanted = 2 ** Math.ceil(Math.log2(folders * 2));
    const text = `${plural(folders, 'folder is', 'folders are')} to be watched, and the kernel lets one user watch ${formatCount(watchesMax)}`;
    found.push(
      check.warning(
        text,
        `${raise('max_user_watches', wanted)} Until then, what cannot be watched is looked through every hour.`,
      ),
    );
  }
  if (instancesMax !== null && blocks > instancesMax - INSTANCES_FOR_OTHERS) {
    const text = `${plural(blocks, 'block is', 'blocks are')} to be watched, and the kernel lets one user have ${formatCount(instancesMax)} watchers`;
    found.push(check.warning(text, raise('max_user_instances', (blocks + INSTANCES_FOR_OTHERS) * 4)));
  }
  if (found.length > 0) return found;
  return [check.good(`${plural(folders, 'folder')} to be watched are within the kernel's limits`)];
}

function raise(setting: string, value: number): string {
  return `Run \`echo fs.inotify.${setting}=${value} | sudo tee /etc/sysctl.d/90-btsoot-${setting}.conf && sudo sysctl --system\`.`;
}

export function kernelLimit(setting: 'max_user_watches' | 'max_user_instances'): number | null {
  try {
    return Number(readFileSync(`/proc/sys/fs/inotify/${setting}`, 'latin1'));
  } catch {
    return null;
  }
}

export interface SourceDisk {
  /** As the kernel names it: `ext4`, `nfs4`. */
  readonly type: string;
  /** Mounted at or in it, where others may write; null: nothing is. */
  readonly shared: { readonly type: string; readonly at: string } | null;
  readonly hasBirthTimes: boolean;
}

const UNSTABLE_TYPES = /^(vfat|msdos|exfat)$/;

/** What the source's file system means for scans. */
export function judgeSourceDisk(block: string, watch: boolean, { type, shared, hasBirthTimes }: SourceDisk): Diagnosis {
  const check = new Check('file-system', block);
  if (watch && shared !== null) {
    return check.warning(
      `others can change files in ${shared.at}, on ${shared.type}, without this machine being told`,
      'Run the source agent on the machine that has the disk; else what others change is seen when all is looked through, once an hour.',
    );
  }
  if (UNSTABLE_TYPES.test(type))
    return check.good(`its source is on ${type}: files that are renamed are read again, and not sent again`);
  return check.good(`its source is on ${type}${hasBirthTimes ? '' : ', which tells no birth times'}`);
}
