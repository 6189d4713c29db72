import type { SyncEnd } from '../sync-message.js';

export const NOTIFY_EVENTS = ['success', 'partial', 'failure', 'drift', 'stale'] as const;

/**
 * What somebody may want to be told of a block:
 *
 * - `success`: it was synced, whole
 * - `partial`: all but some entries
 * - `failure`: it was not, or the guard refused it
 * - `drift`: the remote's copy had been changed by others, or is damaged
 * - `stale`: it was not synced well for too long
 */
export type NotifyEvent = (typeof NOTIFY_EVENTS)[number];

/** When each event of a block was told last, microseconds since the epoch. */
export type Told = Readonly<Partial<Record<NotifyEvent, number>>>;

/** What an ended sync is worth telling. A person who has stopped it knows. */
export function eventsOf(end: SyncEnd): NotifyEvent[] {
  if (end.kind === 'error') return end.error.kind === 'cancelled' ? [] : ['failure'];
  const { kind, drift } = end.result;
  const found: NotifyEvent[] = drift.drifted + drift.damaged > 0 ? ['drift'] : [];
  switch (kind) {
    case 'unchanged':
    case 'done':
      return [...found, 'success'];
    case 'partial':
      return [...found, 'partial'];
    case 'refused':
      return [...found, 'failure'];
    case 'planned':
      return [];
    default:
      return kind satisfies never;
  }
}

const DAY_US = 24 * 60 * 60 * 1_000_000;

/** Each success and each drift is news; what is wrong is said when it begins, and once a day for as long as it lasts. */
export function isNews(event: NotifyEvent, told: Told, nowUs: number): boolean {
  if (event === 'success' || event === 'drift') return true;
  const last = told[event];
  // Of what was told in the future, a clock that was ahead has kept note.
  return last === undefined || last > nowUs || nowUs - last >= DAY_US;
}

/** What is to be remembered: a success ends what was wrong. */
export function tellingOf(event: NotifyEvent, told: Told, nowUs: number): Told {
  if (event !== 'success') return { ...told, [event]: nowUs };
  return { success: nowUs, ...(told.drift === undefined ? {} : { drift: told.drift }) };
}
