import { Check, type Diagnosis } from '../model/diagnosis.js';
import { formatBytes, formatCount } from '../model/human.js';

const MB = 1_000_000;
const BAD_BYTES = 100 * MB;
const FEW_BYTES = 1_000 * MB;
const FEW_PERCENT = 5;

export interface Space {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** @param where as in "the disk of /mnt/usb" */
export function judgeSpace(about: string, where: string, { freeBytes, totalBytes }: Space, advice: string): Diagnosis {
  const check = new Check('free-space', about);
  const text = `${where} has ${formatBytes(freeBytes)} free of ${formatBytes(totalBytes)}`;
  if (freeBytes < BAD_BYTES) return check.bad(text, advice);
  const isFew = freeBytes < FEW_BYTES || freeBytes * 100 < totalBytes * FEW_PERCENT;
  return isFew ? check.warning(text, advice) : check.good(text);
}

/** A state directory holds manifests, which are small beside what they are of. */
export function judgeStateSpace(about: string, where: string, { freeBytes, totalBytes }: Space, advice: string): Diagnosis {
  const check = new Check('free-space', about);
  const text = `${where} has ${formatBytes(freeBytes)} free of ${formatBytes(totalBytes)}`;
  if (freeBytes < BAD_BYTES / 10) return check.bad(text, advice);
  return freeBytes < BAD_BYTES * 2 ? check.warning(text, advice) : check.good(text);
}

/** Some file systems have as many inodes as they need: they say that they have none at all. */
export function judgeInodes(
  about: string,
  where: string,
  inodes: { readonly free: number; readonly total: number },
): Diagnosis[] {
  if (inodes.total === 0) return [];
  const check = new Check('free-inodes', about);
  const text = `${where} has room for ${formatCount(inodes.free)} more files and folders`;
  const advice = 'Let old history go with `btsoot-remote prune`, or make a file system with more inodes (`mkfs.ext4 -i 8192`).';
  if (inodes.free < 1_000) return [check.bad(text, advice)];
  return [inodes.free * 100 < inodes.total * FEW_PERCENT ? check.warning(text, advice) : check.good(text)];
}
