import type { Seen } from '../model/seen.js';

const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;

/** Kernels stamp files with their last tick, up to 10 ms old; exFAT keeps 10 ms too. The rest is for slewed clocks. */
const FINE_NS = 50n * NS_PER_MS;

/** FAT keeps two seconds, HFS+ and old NFS servers one. */
const COARSE_NS = 2n * NS_PER_SECOND + FINE_NS;

/**
 * Whether a change made just after this stat was taken could leave all of its times as they are: git's "racily clean".
 * Such a stat proves nothing later, and what was read under it has to be read again next time.
 *
 * Times with a fraction of a second prove a file system with fine time stamps; whole seconds are taken for a coarse one.
 * A ctime in the future counts as racy (a file server whose clock runs ahead), an mtime there does not (people set them).
 * @param atMs the local clock before the stat was taken, milliseconds since the epoch
 */
export function isRacy(seen: Seen, atMs: number): boolean {
  const at = BigInt(Math.floor(atMs)) * NS_PER_MS;
  const granularity = isWhole(seen.mtimeNs) && isWhole(seen.ctimeNs) ? COARSE_NS : FINE_NS;
  if (seen.ctimeNs >= at - granularity) return true;
  return seen.mtimeNs >= at - granularity && seen.mtimeNs <= at + granularity;
}

function isWhole(ns: bigint): boolean {
  return ns % NS_PER_SECOND === 0n;
}

const NO_TIME = 0n;

/** The stat of a racily clean file as it is kept: with a ctime that nothing on disk will have. */
export function smudged(seen: Seen): Seen {
  return { ...seen, ctimeNs: NO_TIME };
}

export function isSmudged(seen: Seen): boolean {
  return seen.ctimeNs === NO_TIME;
}
