import type { Capabilities } from '../disk/capabilities.js';
import { Check, type Diagnosis } from '../model/diagnosis.js';
import { formatBytes } from '../model/human.js';

/** What a target's file system cannot hold, and what BTSOOT does instead. */
export function judgeCapabilities(about: string, type: string, can: Capabilities): Diagnosis[] {
  const check = new Check('file-system', about);
  const kept = lacks(can);
  const clones = can.reflinks ? '; copies take no room there' : '';
  const text =
    kept.length === 0
      ? `${type} holds all that is mirrored${clones}`
      : `${type} cannot hold ${listed(kept)}: the manifests keep that, and a restore gives it back${clones}`;
  if (can.fileSizeMaxBytes === null) return [check.good(text)];
  const size = formatBytes(can.fileSizeMaxBytes);
  return [
    check.good(text),
    check.warning(
      `${type} holds no file over ${size}`,
      'Larger files are left out. To mirror them too, use a disk with ext4, XFS or Btrfs.',
    ),
  ];
}

function lacks(can: Capabilities): string[] {
  return [
    ...(can.chown ? [] : ['owners']),
    ...(can.modes ? [] : ['permissions']),
    ...(can.exactTimes ? [] : ['exact times']),
    ...(can.xattrs ? [] : ['extended attributes']),
    ...(can.symlinks ? [] : ['symlinks']),
    ...(can.hardLinks ? [] : ['hard links']),
    ...(can.nameRules === null ? [] : ['some names']),
  ];
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
