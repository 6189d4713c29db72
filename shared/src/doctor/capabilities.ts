import type { Capabilities } from '../disk/capabilities.js';
import { Check, type Diagnosis } from '../model/diagnosis.js';
import { formatBytes } from '../model/human.js';

/** What a target's file system cannot hold, and what BTSOOT does instead. */
export function judgeCapabilities(about: string, type: string, can: Capabilities): Diagnosis[] {
  const check = new Check('file-system', about);
  const kept = lacks(can);
  const clones = can.reflinks ? '; copies take no room there' : '';
  const text = `${type} ${holds(can, kept)}${clones}`;
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

/** A disk that has permissions has owners too: it is the user who may not set them. */
function holds({ modes }: Capabilities, kept: readonly string[]): string {
  if (kept.length === 0) return 'holds all that is mirrored';
  const instead = 'the manifests keep that, and a restore gives it back';
  if (kept.join() === 'owners' && modes) return `holds all but owners, which this user may not set: ${instead}`;
  return `cannot hold ${listed(kept)}: ${instead}`;
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
