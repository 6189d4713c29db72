import { Check, type Diagnosis } from '@btsoot/shared/model/diagnosis.js';
import { formatDuration, formatMoment, plural } from '@btsoot/shared/model/human.js';
import type { LastResult } from '../last-result.js';
import { reasonsText } from '../output/status-text.js';
import type { Timetable } from '../timetable.js';

const DAY_US = 24 * 60 * 60 * 1_000_000;
/** An agent that watches or keeps a timetable has this long; whoever syncs by hand has longer. */
const [STALE_DAYS, STALE_BY_HAND_DAYS] = [3, 7];

/** How a block is synced without anybody asking. */
export interface Habit {
  readonly block: string;
  readonly watch: boolean;
  readonly schedule: Timetable | null;
}

export function judgeLastSync(habit: Habit, last: LastResult | null, nowUs: number): Diagnosis {
  const { block } = habit;
  const check = new Check('last-sync', block);
  const again = `Run \`btsoot sync ${block}\``;
  if (last === null) return check.warning('it was never synced', `${again}.`);
  const when = formatMoment(last.finishedUs, nowUs);
  switch (last.kind) {
    case 'failed':
      return check.bad(
        `the last sync failed, ${when}: ${last.error?.message ?? 'for an unknown reason'}`,
        last.error?.hint ?? `${again} and see how it ends.`,
      );
    case 'refused':
      return check.bad(
        `the last sync was refused, ${when}: ${reasonsText(last)}`,
        last.acceptable === false
          ? `${again} once that is mended.`
          : `See with \`btsoot sync ${block} --dry-run\` whether the plan is right, and accept it with --accept if it is.`,
      );
    case 'partial':
      return check.warning(
        `the last sync has left out ${plural(last.problemCount, 'entry', 'entries')}, ${when}`,
        `\`btsoot show ${block}\` lists them with their reasons.`,
      );
    case 'unchanged':
    case 'done':
    case 'planned':
      return judgeAge(check, habit, last.goodUs, nowUs, again);
    default:
      return last.kind satisfies never;
  }
}

function judgeAge(check: Check, habit: Habit, goodUs: number, nowUs: number, again: string): Diagnosis {
  if (goodUs === 0) return check.warning('no sync came to a good end yet', `${again}.`);
  const ago = formatDuration((nowUs - goodUs) / 1000);
  if (nowUs <= staleAtUs(habit, goodUs)) return check.good(`the last good sync was ${formatMoment(goodUs, nowUs)}`);
  const byItself = habit.watch || habit.schedule !== null;
  const advice = byItself
    ? `Is \`btsoot agent\` running, and what does its log say? ${again} and see.`
    : `${again}, or set \`schedule\` or \`watch\` in its settings and run \`btsoot agent\`.`;
  return check.warning(`the last good sync was ${ago} ago`, advice);
}

function staleAtUs({ watch, schedule }: Habit, goodUs: number): number {
  if (watch) return goodUs + STALE_DAYS * DAY_US;
  if (schedule === null) return goodUs + STALE_BY_HAND_DAYS * DAY_US;
  const nextMs = schedule.next(goodUs / 1000);
  return nextMs === null ? Number.POSITIVE_INFINITY : Math.max(goodUs + STALE_DAYS * DAY_US, nextMs * 1000 + DAY_US);
}
