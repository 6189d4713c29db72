import { Check, type Diagnosis } from '@btsoot/shared/model/diagnosis.js';
import { formatDuration, plural } from '@btsoot/shared/model/human.js';

export interface BlockState {
  readonly block: string;
  /** Where its mirror should be. */
  readonly folder: string;
  readonly isFolderThere: boolean;
  readonly isJournalOpen: boolean;
  /** Whether a process serves the root: steps may be under way. */
  readonly isServed: boolean;
  readonly damaged: number;
}

/** What of a block's state needs somebody to do something; nothing where nothing does. */
export function judgeBlock({ block, folder, isFolderThere, isJournalOpen, isServed, damaged }: BlockState): Diagnosis[] {
  const found: Diagnosis[] = [];
  if (!isFolderThere) {
    found.push(
      new Check('folder', block).bad(
        `its folder ${folder} is not there`,
        'Mount its disk if it is not mounted. If it was removed on purpose, make it again with mkdir: the next sync fills it.',
      ),
    );
  }
  if (isJournalOpen && !isServed)
    found.push(
      new Check('journal', block).warning(
        'steps were cut off in the middle',
        'The next sync of the block finishes them: serve the root, and run it.',
      ),
    );
  if (damaged > 0) {
    found.push(
      new Check('damage', block).bad(
        `${plural(damaged, 'file is', 'files are')} known to be damaged`,
        'The next sync replaces what is damaged in the mirror; `btsoot verify BLOCK` on the source names them all.',
      ),
    );
  }
  return found;
}

/** Old versions on the disk that no row is about: nothing shows them and nothing lets them go. */
export interface StraySlots {
  readonly block: string;
  /** Absolute. */
  readonly directory: string;
  readonly count: number;
  /** Some of their names. */
  readonly first: readonly string[];
  /** Whether not all were looked at, there being so many. */
  readonly isCut: boolean;
}

export function judgeStraySlots({ block, directory, count, first, isCut }: StraySlots): Diagnosis[] {
  const check = new Check('history', block);
  if (count === 0) return isCut ? [check.good('its old versions have their rows, as far as was looked')] : [];
  const names = `${first.join(', ')}${count > first.length ? ', ...' : ''}`;
  return [
    check.warning(
      `${plural(count, 'old version', 'old versions')} in ${directory} that no session knows of: ${names}`,
      'Nothing shows them, and nothing lets them go. Look at them, and remove those that you do not want.',
    ),
  ];
}

const DAY_US = 24 * 60 * 60 * 1_000_000;
/** Until a scrub is called late: it takes its time, and a machine may be off. */
const PATIENCE_DAYS = 7;

export interface ScrubFacts {
  /** When all was last read to the end, in microseconds since the epoch; null: never. */
  readonly lastUs: number | null;
  /** When it was first seen to be due some day; null: never. */
  readonly noticedUs: number | null;
  readonly isUnderWay: boolean;
  /** 0: by hand alone. */
  readonly everyDays: number;
}

export function judgeScrub(block: string, { lastUs, noticedUs, isUnderWay, everyDays }: ScrubFacts, nowUs: number): Diagnosis {
  const check = new Check('scrub', block);
  const since = lastUs ?? noticedUs;
  const last =
    lastUs === null
      ? 'its contents were not read again yet'
      : `its contents were read again ${formatDuration((nowUs - lastUs) / 1000)} ago`;
  if (everyDays === 0) return check.good(`${last}; "scrub_every_days" is 0`);
  if (since === null || nowUs - since <= (everyDays + PATIENCE_DAYS) * DAY_US) return check.good(last);
  const under = isUnderWay ? ', and a reading is under way' : '';
  return check.warning(
    `${last}${under}; that is due every ${plural(everyDays, 'day')}`,
    'Let `btsoot-remote serve` run for longer, raise "scrub_rate" in .btsoot/remote.json, or run `btsoot-remote scrub`.',
  );
}
