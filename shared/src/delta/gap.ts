import type { ChunkList } from './chunk-list.js';
import type { Op } from './op.js';

/** What is known of a basis on the side that sends. */
export interface KnownBasis {
  readonly sizeBytes: number;
  /** Null where nobody has it, or the content is too small for one. */
  readonly list: ChunkList | null;
}

/** Byte `position` of the new content is byte `from` of the basis, as far as is known from what lies beside it. */
export interface Edge {
  readonly basis: number;
  readonly position: number;
  readonly from: number;
}

/** Bytes of a basis. */
export interface Stretch {
  readonly basis: number;
  readonly from: number;
  readonly lengthBytes: number;
}

/** Bytes of the new content that were not found so far. */
export interface Gap {
  readonly kind: 'gap';
  readonly position: number;
  readonly lengthBytes: number;
  /** The end of the nearest copy before the gap, and the begin of the nearest behind it. */
  readonly before: Edge | null;
  readonly after: Edge | null;
  /** What the gap probably replaces: at most two stretches, apart and ascending where they are of one basis. Empty: nothing. */
  readonly old: readonly Stretch[];
}

/** A part of the new content: found, or not yet. */
export type Segment = Exclude<Op, { kind: 'literal' }> | Gap;

/** Of a stretch between two copies that is longer than this many gaps, most has been deleted: only its ends are of interest. */
const STRETCH_MAX_GAPS = 4;
/** How far to look beside a copy, where what lies on the gap's other side tells nothing. */
const REACH_GAPS = 2;

export function makeGap(
  position: number,
  lengthBytes: number,
  before: Edge | null,
  after: Edge | null,
  bases: readonly KnownBasis[],
): Gap {
  const gap = { kind: 'gap', position, lengthBytes, before, after, old: [] } as const;
  const isBetween = before !== null && after !== null && before.basis === after.basis && before.from <= after.from;
  return { ...gap, old: isBetween ? stretchBetween(gap, before, after) : stretchesBeside(gap, bases) };
}

/** A content without a chunk list, or of which nothing was found, as one gap in place of all that bases[0] is; if there is one. */
export function wholeGap(sizeBytes: number, bases: readonly KnownBasis[]): Gap {
  const [basis] = bases;
  if (basis === undefined) return makeGap(0, sizeBytes, null, null, bases);
  const before: Edge = { basis: 0, position: 0, from: 0 };
  return makeGap(0, sizeBytes, before, { basis: 0, position: sizeBytes, from: basis.sizeBytes }, bases);
}

/** The edges need not touch the gap: zeros, and other gaps, may lie between. Then more than a gap's length away is too far. */
function stretchBetween(gap: Gap, before: Edge, after: Edge): Stretch[] {
  const { basis } = before;
  const lengthBytes = gap.lengthBytes;
  const low = before.from + Math.max(gap.position - before.position - lengthBytes, 0);
  const high = after.from - Math.max(after.position - gap.position - 2 * lengthBytes, 0);
  if (high - low <= STRETCH_MAX_GAPS * lengthBytes) return stretch(basis, low, high);
  const reach = REACH_GAPS * lengthBytes;
  return [...stretch(basis, low, low + reach), ...stretch(basis, high - reach, high)];
}

function stretchesBeside(gap: Gap, bases: readonly KnownBasis[]): Stretch[] {
  const reach = REACH_GAPS * gap.lengthBytes;
  const found: Stretch[] = [];
  if (gap.before !== null) {
    const { basis } = gap.before;
    const from = gap.before.from + gap.position - gap.before.position;
    found.push(...stretch(basis, from, Math.min(from + reach, bases[basis]?.sizeBytes ?? 0)));
  }
  if (gap.after !== null) {
    const { basis } = gap.after;
    const end = gap.after.from - (gap.after.position - gap.position - gap.lengthBytes);
    found.push(...stretch(basis, Math.max(end - reach, 0), Math.min(end, bases[basis]?.sizeBytes ?? 0)));
  }
  return apart(found);
}

function apart(found: readonly Stretch[]): Stretch[] {
  const [a, b] = [...found].sort((one, other) => one.basis - other.basis || one.from - other.from);
  if (a === undefined || b === undefined) return [...found];
  const isApart = a.basis !== b.basis || a.from + a.lengthBytes < b.from;
  return isApart ? [a, b] : stretch(a.basis, a.from, Math.max(a.from + a.lengthBytes, b.from + b.lengthBytes));
}

function stretch(basis: number, from: number, end: number): Stretch[] {
  return end > from ? [{ basis, from, lengthBytes: end - from }] : [];
}
