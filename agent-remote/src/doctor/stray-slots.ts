import { lstatSync, opendirSync } from 'node:fs';
import type { ManifestInspection } from '@btsoot/shared/manifest/inspection.js';
import { byteString, display } from '@btsoot/shared/model/bytes.js';
import { errnoOf } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { StraySlots } from './block-rules.js';

const NAMED_MAX = 3;

/** Looks for the row of each old version on the disk. What came there only now may get its row in a moment. */
export function findStraySlots(
  open: ManifestInspection,
  block: string,
  directory: string,
  nowMs: number,
  most: number = limits.doctorSlotsMax,
): StraySlots {
  const first: string[] = [];
  let [looked, count] = [0, 0];
  for (const name of namesIn(directory)) {
    if (++looked > most) break;
    if (open.hasSlot(name) || !isSettled(directory, name, nowMs)) continue;
    count++;
    if (first.length < NAMED_MAX) first.push(display(byteString(name)));
  }
  return { block, directory, count, first, isCut: looked > most };
}

function* namesIn(directory: string): Generator<Buffer, void, undefined> {
  let folder: ReturnType<typeof opendirSync>;
  try {
    folder = opendirSync(directory, { encoding: 'latin1' });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) yield Buffer.from(entry.name, 'latin1');
  } finally {
    folder.closeSync();
  }
}

function isSettled(directory: string, name: Buffer, nowMs: number): boolean {
  const stats = lstatSync(Buffer.concat([Buffer.from(`${directory}/`), name]), { throwIfNoEntry: false });
  return stats !== undefined && nowMs - stats.ctimeMs >= limits.doctorSlotAgeMinMs;
}
