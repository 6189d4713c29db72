/** How hard to compress: a Brotli quality, 0 for not at all. */
export type Quality = 0 | 1 | 3 | 5 | 7 | 9 | 11;

/** Blocks that are compressed at a time. */
export const PACKED_AT_ONCE = 2;

/** Up to here compressing well costs less than anyone notices, whatever the link is. */
const BEST_TOTAL_BYTES = 256 * 1024;
const WELL_TOTAL_BYTES = 2 * 1024 * 1024;

/** Compressing is to win at least this, or it is left alone. */
const WORTH = 1.1;

interface Reference {
  readonly quality: Quality;
  readonly bytesPerMs: number;
  /** What is left of a byte. */
  readonly shrunkTo: number;
}

/** Blocks of 1 MiB of logs, code and programs on one core: only how the qualities compare counts, the rest is measured. */
const REFERENCES: readonly Reference[] = [
  { quality: 1, bytesPerMs: 150_000, shrunkTo: 0.35 },
  { quality: 3, bytesPerMs: 95_000, shrunkTo: 0.315 },
  { quality: 5, bytesPerMs: 33_000, shrunkTo: 0.285 },
  { quality: 7, bytesPerMs: 21_000, shrunkTo: 0.28 },
  { quality: 9, bytesPerMs: 13_000, shrunkTo: 0.26 },
];

/** How this machine and these bytes compare with the references, as factors. */
export interface Experience {
  readonly speed: number;
  readonly shrinking: number;
}

/** Before anything is measured: a slower machine, and what compresses as text does. */
export const NO_EXPERIENCE: Experience = { speed: 0.5, shrinking: 1 };

/** How much the newest block counts. */
const NEWEST = 0.3;

export interface PackedBlock {
  readonly quality: Quality;
  readonly rawBytes: number;
  readonly packedBytes: number;
  readonly tookMs: number;
}

/** Blocks of a quality without a reference teach nothing. */
export function learn(before: Experience, { quality, rawBytes, packedBytes, tookMs }: PackedBlock): Experience {
  const reference = REFERENCES.find((one) => one.quality === quality);
  if (reference === undefined) return before;
  const speed = rawBytes / Math.max(tookMs, 0.01) / reference.bytesPerMs;
  const shrinking = packedBytes / rawBytes / reference.shrunkTo;
  return { speed: blend(before.speed, speed), shrinking: blend(before.shrinking, shrinking) };
}

function blend(before: number, now: number): number {
  return before + (now - before) * NEWEST;
}

/**
 * The quality for the next block: the best one for a run that may be small, and later the one with which most bytes of
 * content come through in a time, as slow as the slower of compressing and sending lets it be.
 * @param totalBytes what there was to compress so far, this block included
 */
export function qualityFor(totalBytes: number, wireBytesPerMs: number, experience: Experience): Quality {
  if (totalBytes <= BEST_TOTAL_BYTES) return 11;
  if (totalBytes <= WELL_TOTAL_BYTES) return 9;
  let quality: Quality = 0;
  let fastest = wireBytesPerMs * WORTH;
  for (const reference of REFERENCES) {
    const shrunkTo = Math.min(reference.shrunkTo * experience.shrinking, 1);
    const through = Math.min(PACKED_AT_ONCE * reference.bytesPerMs * experience.speed, wireBytesPerMs / shrunkTo);
    if (through <= fastest) continue;
    quality = reference.quality;
    fastest = through;
  }
  return quality;
}
