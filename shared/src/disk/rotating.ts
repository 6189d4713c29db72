import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errnoOf } from '../model/errors.js';
import type { BytePath } from './byte-path.js';
import { deviceUnder } from './file-system.js';

/** Whether the disk that holds `path` is known to turn: its head has to travel between two files that are read by turns. */
export function isOnRotatingDisk(path: BytePath): boolean {
  const device = deviceUnder(path);
  return device !== null && isRotating(device);
}

/** Whether the block device of that number (`st_rdev`) turns, or one that it is made of. @param sysfs where the kernel tells of them */
export function isRotating(device: bigint, sysfs = '/sys'): boolean {
  const [major, minor] = numbersOf(device);
  try {
    return isRotatingAt(realpathSync(join(sysfs, 'dev', 'block', `${major}:${minor}`)));
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
}

function isRotatingAt(place: string): boolean {
  const madeOf = entriesOf(join(place, 'slaves'));
  if (madeOf.length > 0) return madeOf.some((name) => isRotatingAt(realpathSync(join(place, 'slaves', name))));
  // A virtual machine's disks, and loop devices, say that they turn whatever lies below.
  if (/\/virtio\d+\/|\/devices\/virtual\//.test(place)) return false;
  // A partition says nothing itself: its disk does.
  const answer = contentOf(join(place, 'queue', 'rotational')) ?? contentOf(join(dirname(place), 'queue', 'rotational'));
  return answer?.trim() === '1';
}

function numbersOf(device: bigint): [major: bigint, minor: bigint] {
  return [((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xffff_f000n), (device & 0xffn) | ((device >> 12n) & 0xffff_ff00n)];
}

function entriesOf(folder: string): string[] {
  return unlessMissing(() => readdirSync(folder)) ?? [];
}

function contentOf(file: string): string | null {
  return unlessMissing(() => readFileSync(file, 'latin1'));
}

function unlessMissing<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
