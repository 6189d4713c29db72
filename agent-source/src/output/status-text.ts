import type { Health } from '../health.js';
import type { LastResult } from '../last-result.js';
import type { Pause } from '../pause.js';
import { formatBytes, formatMoment, formatTime, plural } from './human.js';
import type { Paint } from './paint.js';

/** What somebody who asks wants to know first: whether the backup is good. */
export function answerText(blocks: readonly { readonly name: string; readonly health: Health }[], paint: Paint): string {
  const those = (...healths: readonly Health[]): string[] =>
    blocks.filter(({ health }) => healths.includes(health)).map(({ name }) => name);
  const [bad, doubtful] = [those('failed', 'refused', 'never'), those('stale', 'partial', 'stopped')];
  if (blocks.length === 0) return 'Nothing is backed up yet: add a block with `btsoot add <block> <source-dir> <target>`.';
  if (bad.length > 0) return paint.bad(`Not all is backed up: ${bad.join(', ')}. \`btsoot doctor\` says what to do.`);
  if (doubtful.length > 0) return paint.warn(`Backed up, but have a look at ${doubtful.join(', ')}: \`btsoot doctor\` says why.`);
  return paint.good(blocks.length === 1 ? 'Your backup is good.' : `All ${blocks.length} backups are good.`);
}

/** How a block fares, in one line: the last sync's end, and since when the target is not like the source. */
export function healthText(last: LastResult | null, nowUs: number, paint: Paint): string {
  if (last === null) return paint.warn('never synced');
  const when = formatMoment(last.finishedUs, nowUs);
  switch (last.kind) {
    case 'unchanged':
    case 'done':
    case 'planned':
      return `${paint.good('good')}, ${when}, ${plural(last.entries, 'entry', 'entries')}${kept(last)}`;
    case 'partial':
      return `${paint.warn(`all but ${plural(last.problemCount, 'entry', 'entries')}`)}, ${when}${kept(last)}`;
    case 'refused':
      return `${paint.bad('refused')}, ${when}: ${reasonsText(last)}${lastGood(last, nowUs)}`;
    case 'failed':
      return `${paint.bad('failed')}, ${when}: ${last.error?.message ?? 'for an unknown reason'}${lastGood(last, nowUs)}`;
    default:
      return last.kind satisfies never;
  }
}

/** The guard's sentences, as parts of one. */
export function reasonsText({ reasons }: Pick<LastResult, 'reasons'>): string {
  return reasons.map((reason) => reason.replace(/\.$/, '')).join('; ');
}

/** Written by an earlier version, there is no such number. */
function kept({ keptEntries = 0 }: LastResult): string {
  return keptEntries > 0 ? `, ${plural(keptEntries, 'ignored entry', 'ignored entries')} kept on the remote` : '';
}

function lastGood(last: LastResult, nowUs: number): string {
  return last.goodUs === 0 ? '; never good yet' : `; last good ${formatMoment(last.goodUs, nowUs)}`;
}

/** What the agent is going to do with a block by itself. */
export interface PlannedSync {
  readonly block: string;
  /** Microseconds since the epoch. */
  readonly dueUs: number;
  readonly why: string;
  readonly watched: boolean;
}

/** Empty where it is left to others. */
export function plannedText(plan: PlannedSync | undefined, nowUs: number): string {
  if (plan === undefined) return '';
  const when = plan.dueUs <= nowUs ? 'due now' : `next ${formatTime(plan.dueUs)}`;
  return `${plan.watched ? 'watched, ' : ''}${when}${plan.why === 'retry' ? ' (tries again)' : ''}`;
}

/** Since when, and until when. */
export function pausedText({ sinceUs, untilUs }: Pause, nowUs: number): string {
  const since = sinceUs === 0 ? '' : ` since ${formatMoment(sinceUs, nowUs)}`;
  return `paused${since}${untilUs === null ? '' : ` until ${formatTime(untilUs)}`}`;
}

/** Empty where the block is not paused. */
export function pauseText(pause: Pause | null, nowUs: number): string {
  if (pause === null) return '';
  return `${pausedText(pause, nowUs)}: the agent syncs it only when asked to`;
}

/** What the target keeps of the past, as far as the last sync that did something has heard; empty where there is none. */
export function pastText(last: LastResult | null): string {
  const history = last?.history ?? null;
  if (history === null || history.sessions === 0) return '';
  const old = history.versions === 0 ? '' : `, ${plural(history.versions, 'old version')}, about ${formatBytes(history.bytes)}`;
  return `history: ${plural(history.sessions, 'session')} since ${formatTime(history.oldestUs)}${old}`;
}
