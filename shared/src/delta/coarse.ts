import { ChunkIndex, chunkBeginningAt, chunkLength, chunkStart, sameChunk } from './chunk-index.js';
import type { ChunkList } from './chunk-list.js';
import { type Edge, type KnownBasis, makeGap, type Segment } from './gap.js';
import { isZeroChunk } from './zero-chunk.js';

/** A content of that many chunks, of which none was found anywhere, is another one: its old version cannot tell more. */
const UNRELATED_CHUNKS_MIN = 8;

type Found = Extract<Segment, { kind: 'copy' | 'zeros' }>;
/** A part of the new content; null: not found. */
interface Part {
  readonly position: number;
  readonly lengthBytes: number;
  readonly found: Found | null;
}

/**
 * The new content in terms of the bases, as far as chunk lists tell, from its first byte to its last. Neighbouring copies
 * are one. Where a chunk is found more than once, the copy before it goes on if it can; else what lies at the same position
 * of bases[0] is taken, so that a file that was edited in place can be patched in place; else the first that is found.
 */
export function coarseDelta(target: ChunkList, bases: readonly KnownBasis[]): Segment[] {
  const parts = findParts(target, bases);
  return withGaps(parts, relatedBasis(target, parts, bases), target.ends.at(-1) ?? 0, bases);
}

function findParts(target: ChunkList, bases: readonly KnownBasis[]): Part[] {
  const finder = new ChunkFinder(target, bases);
  const parts: Part[] = [];
  for (let index = 0; index < target.ends.length; index += 1) {
    const position = chunkStart(target, index);
    const part = { position, lengthBytes: chunkLength(target, index), found: finder.find(index, position) };
    const last = parts.at(-1);
    const joined = last === undefined ? null : join(last, part);
    if (joined === null) parts.push(part);
    else parts[parts.length - 1] = joined;
  }
  return parts;
}

function join(last: Part, next: Part): Part | null {
  const lengthBytes = last.lengthBytes + next.lengthBytes;
  const a = last.found;
  const b = next.found;
  if (a === null || b === null) return a === b ? { ...last, lengthBytes } : null;
  if (a.kind === 'zeros' && b.kind === 'zeros') return { ...last, lengthBytes, found: { ...a, lengthBytes } };
  if (a.kind !== 'copy' || b.kind !== 'copy' || a.basis !== b.basis || a.from + a.lengthBytes !== b.from) return null;
  return { ...last, lengthBytes, found: { ...a, lengthBytes } };
}

/** Finds one chunk of the new content after the other. */
class ChunkFinder {
  readonly #target: ChunkList;
  readonly #lists: readonly (ChunkList | null)[];
  readonly #indexes: readonly (ChunkIndex | null)[];
  /** The basis of the last copy, the chunk behind it, and its shift. */
  #last = { basis: 0, next: -1, shift: 0 };

  constructor(target: ChunkList, bases: readonly KnownBasis[]) {
    this.#target = target;
    this.#lists = bases.map(({ list }) => list);
    this.#indexes = this.#lists.map((list) => (list === null ? null : new ChunkIndex(list)));
  }

  find(index: number, position: number): Found | null {
    const lengthBytes = chunkLength(this.#target, index);
    if (isZeroChunk(this.#target, index)) {
      // Zeros that are there already stay: a write in place costs more than nothing.
      return this.#copyAt(0, index, position, position) ?? { kind: 'zeros', lengthBytes };
    }
    const { basis, next, shift } = this.#last;
    return (
      this.#copyOf(basis, next, index, position) ??
      this.#copyAt(0, index, position, position) ??
      this.#copyAt(basis, index, position, position + shift) ??
      this.#copyFromAnywhere(index, position)
    );
  }

  #copyFromAnywhere(index: number, position: number): Found | null {
    for (const [basis, chunks] of this.#indexes.entries()) {
      const held = chunks?.find(this.#target, index) ?? null;
      if (held !== null) return this.#copyOf(basis, held, index, position);
    }
    return null;
  }

  #copyAt(basis: number, index: number, position: number, from: number): Found | null {
    const list = this.#lists[basis] ?? null;
    const held = list === null ? null : chunkBeginningAt(list, from);
    return held === null ? null : this.#copyOf(basis, held, index, position);
  }

  #copyOf(basis: number, held: number, index: number, position: number): Found | null {
    const list = this.#lists[basis] ?? null;
    if (list === null || held < 0 || !sameChunk(list, held, this.#target, index)) return null;
    const from = chunkStart(list, held);
    this.#last = { basis, next: held + 1, shift: from - position };
    return { kind: 'copy', basis, from, lengthBytes: chunkLength(list, held) };
  }
}

/** What the new content is a version of: the basis that most bytes come from, else bases[0] unless that is known to be another thing. */
function relatedBasis(target: ChunkList, parts: readonly Part[], bases: readonly KnownBasis[]): number | null {
  const bytes = new Map<number, number>();
  for (const { found } of parts) {
    if (found?.kind === 'copy') bytes.set(found.basis, (bytes.get(found.basis) ?? 0) + found.lengthBytes);
  }
  const [most] = [...bytes].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  if (most !== undefined) return most[0];
  const [first] = bases;
  return first === undefined || (first.list !== null && target.ends.length >= UNRELATED_CHUNKS_MIN) ? null : 0;
}

/** Where the new content begins and ends, the related basis does. */
function withGaps(parts: readonly Part[], related: number | null, sizeBytes: number, bases: readonly KnownBasis[]): Segment[] {
  const afters: (Edge | null)[] = [];
  let after: Edge | null =
    related === null ? null : { basis: related, position: sizeBytes, from: bases[related]?.sizeBytes ?? 0 };
  for (const { position, found } of parts.toReversed()) {
    afters.push(after);
    if (found?.kind === 'copy') after = { basis: found.basis, position, from: found.from };
  }
  let before: Edge | null = related === null ? null : { basis: related, position: 0, from: 0 };
  return parts.map(({ position, lengthBytes, found }) => {
    const behind = afters.pop() ?? null;
    if (found === null) return makeGap(position, lengthBytes, before, behind, bases);
    if (found.kind === 'copy') before = { basis: found.basis, position: position + lengthBytes, from: found.from + lengthBytes };
    return found;
  });
}
