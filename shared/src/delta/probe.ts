import { hashToBytes } from '../model/xxh3.js';
import { chunkHash, chunkStart, firstChunkFrom } from './chunk-index.js';
import { type Edge, type Gap, type KnownBasis, makeGap, type Segment } from './gap.js';

/** Bytes of the new content, from `position` on. */
export interface Window {
  readonly position: number;
  readonly bytes: Buffer;
}

/**
 * What of a gap is an old chunk after all: unchanged bytes in which the new content is cut elsewhere, or that something was
 * appended to. They are looked for where they are if bytes were only written over, as seen from the copy before the gap, and
 * from the one behind it. Asks nobody: the old chunks' hashes are known, and the new bytes are here.
 *
 * @param windows the gap's new bytes; of a large gap its two ends do. They must not overlap.
 * @returns the gap in parts, in order; a part that was not found is a gap
 */
export function probe(gap: Gap, bases: readonly KnownBasis[], windows: readonly Window[]): Segment[] {
  const fromBefore = probeFrom(gap.before, gap, bases, windows);
  const isSame = gap.before !== null && gap.after !== null && isSameShift(gap.before, gap.after);
  if (isSame) return fromBefore;
  return fromBefore.flatMap((part) => (part.kind === 'gap' ? probeFrom(gap.after, part, bases, windows) : [part]));
}

function isSameShift(a: Edge, b: Edge): boolean {
  return a.basis === b.basis && shiftOf(a) === shiftOf(b);
}

function shiftOf(edge: Edge): number {
  return edge.from - edge.position;
}

function probeFrom(edge: Edge | null, gap: Gap, bases: readonly KnownBasis[], windows: readonly Window[]): Segment[] {
  if (edge === null) return [gap];
  const found = windows.flatMap((window) => chunksIn(window, gap, edge, bases[edge.basis]));
  return found.length === 0 ? [gap] : splitGap(gap, found, edge, bases);
}

interface Range {
  readonly position: number;
  readonly end: number;
}

/** Where in the gap old chunks are found, ascending, neighbours as one. */
function chunksIn({ position, bytes }: Window, gap: Gap, edge: Edge, basis: KnownBasis | undefined): Range[] {
  const list = basis?.list ?? null;
  if (list === null) return [];
  const shift = shiftOf(edge);
  const begin = Math.max(position, gap.position);
  const end = Math.min(position + bytes.length, gap.position + gap.lengthBytes);
  const found: Range[] = [];
  for (let index = firstChunkFrom(list, begin + shift); index < list.ends.length; index += 1) {
    const chunkAt = chunkStart(list, index) - shift;
    const chunkEnd = chunkStart(list, index + 1) - shift;
    if (chunkEnd > end) break;
    if (!hashToBytes(bytes.subarray(chunkAt - position, chunkEnd - position)).equals(chunkHash(list, index))) continue;
    const last = found.at(-1);
    if (last?.end === chunkAt) found[found.length - 1] = { ...last, end: chunkEnd };
    else found.push({ position: chunkAt, end: chunkEnd });
  }
  return found;
}

function splitGap(gap: Gap, found: readonly Range[], edge: Edge, bases: readonly KnownBasis[]): Segment[] {
  const shift = shiftOf(edge);
  const edgeAt = (position: number): Edge => ({ basis: edge.basis, position, from: position + shift });
  const parts: Segment[] = [];
  let before = gap.before;
  let at = gap.position;
  for (const { position, end } of found) {
    if (position > at) parts.push(makeGap(at, position - at, before, edgeAt(position), bases));
    parts.push({ kind: 'copy', basis: edge.basis, from: position + shift, lengthBytes: end - position });
    before = edgeAt(end);
    at = end;
  }
  const gapEnd = gap.position + gap.lengthBytes;
  if (gapEnd > at) parts.push(makeGap(at, gapEnd - at, before, gap.after, bases));
  return parts;
}
