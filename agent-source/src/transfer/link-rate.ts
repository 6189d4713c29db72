/** What a link seems to carry. */
export interface LinkRate {
  readonly bytesPerMs: number;
  /** Whether it was ever waited for: before that, it is a guess. */
  readonly known: boolean;
  /** What was sent so far. */
  readonly sentBytes: number;
}

/** A stretch of time while something was sent. */
export interface LinkWindow {
  readonly elapsedMs: number;
  /** How long of it the link was waited for. */
  readonly waitedMs: number;
  readonly sentBytes: number;
  /** What compressing took, that of all threads added up. */
  readonly packingMs: number;
}

/** 100 Mbit/s. */
export const GUESSED_LINK: LinkRate = { bytesPerMs: 12_500, known: false, sentBytes: 0 };

const FASTEST_BYTES_PER_MS = 10_000_000;
/** From this share of the time on, the link is what is waited for. */
const WAITING_SHARE = 0.1;
/** From this share of the time on, compressing is what holds things up. */
const PACKING_SHARE = 0.7;
/** Buffers on the way swallow the first megabytes of a transfer: that those are not waited for says nothing. */
const SWALLOWED_BYTES = 2 * 1024 * 1024;
const GUESS_DOUBLES_MS = 125;
/** Other traffic may have ended. What is tried in vain costs a fraction of a second each time. */
const KNOWN_DOUBLES_MS = 4_000;
/** Where nobody waits for anything, compressing more is free; it is tried slowly. */
const HALVES_MS = 30_000;

/**
 * What is to be believed after another stretch of time. While the link is waited for, its rate shows. While compressing
 * holds things up instead, the link may be faster than it was thought to be. While neither does, there is CPU to spare.
 */
export function nextLinkRate(rate: LinkRate, window: LinkWindow): LinkRate {
  const { bytesPerMs, known } = believed(rate, window);
  return { bytesPerMs, known, sentBytes: rate.sentBytes + window.sentBytes };
}

function believed(rate: LinkRate, window: LinkWindow): Pick<LinkRate, 'bytesPerMs' | 'known'> {
  const { bytesPerMs, known } = rate;
  const { elapsedMs, waitedMs, sentBytes, packingMs } = window;
  if (sentBytes > 0 && waitedMs >= elapsedMs * WAITING_SHARE) {
    const shown = sentBytes / waitedMs;
    return { bytesPerMs: known ? Math.sqrt(bytesPerMs * shown) : shown, known: true };
  }
  if (!known && rate.sentBytes + sentBytes < SWALLOWED_BYTES) return rate;
  if (packingMs >= elapsedMs * PACKING_SHARE) {
    const doublesMs = known ? KNOWN_DOUBLES_MS : GUESS_DOUBLES_MS;
    return { bytesPerMs: Math.min(bytesPerMs * 2 ** (elapsedMs / doublesMs), FASTEST_BYTES_PER_MS), known };
  }
  const slower = Math.max(bytesPerMs * 2 ** (-elapsedMs / HALVES_MS), GUESSED_LINK.bytesPerMs);
  return { bytesPerMs: Math.min(bytesPerMs, slower), known };
}
