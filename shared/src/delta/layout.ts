import { ByteReader, ByteWriter, varintEnd } from '../model/byte-fields.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { ChunkIndex, chunkLength, sameChunk } from './chunk-index.js';
import { averageFromLog2, type ChunkList } from './chunk-list.js';
import { type Layout, LayoutChunks } from './layout-chunks.js';

export type { Layout };

/*
 * A layout says how long a content's chunks are: a byte, the base-2 logarithm of the average; then records of varints until
 * the content is covered. A record that begins with a number below RUN_KINDS is a run of chunks that basis' list has too:
 * which is the first, as the zigzag distance from where the last run's chunks would go on, and how many. Any other number n
 * is a chunk of n - RUN_KINDS + 1 bytes that is in none of them.
 */
const RUN_KINDS = limits.basesPerFileMax;
const RUN_VARINTS = 3;

/** The bases' lists must be those that the receiver has; null where it has none. */
export function encodeLayout(list: ChunkList, bases: readonly (ChunkList | null)[]): Buffer {
  const indexes = bases.map((basis) => (basis === null ? null : new ChunkIndex(basis)));
  const goesOnAt = new Float64Array(RUN_KINDS);
  const writer = new ByteWriter(64 + 2 * list.ends.length);
  writer.byte(Math.log2(list.averageBytes));
  for (let at = 0; at < list.ends.length; ) {
    const run = longestRun(list, at, bases, indexes, goesOnAt);
    if (run === null) writer.varint(chunkLength(list, at) + RUN_KINDS - 1);
    else {
      writer.varint(run.basis);
      writer.varint(zigzag(run.first - (goesOnAt[run.basis] ?? 0)));
      writer.varint(run.count);
      goesOnAt[run.basis] = run.first;
    }
    const count = run?.count ?? 1;
    for (let basis = 0; basis < RUN_KINDS; basis += 1) {
      if (run === null || run.basis === basis) goesOnAt[basis] = (goesOnAt[basis] ?? 0) + count;
    }
    at += count;
  }
  return writer.finish();
}

interface Run {
  readonly basis: number;
  readonly first: number;
  readonly count: number;
}

/** Looks where each basis would go on, then anywhere in it. */
function longestRun(
  list: ChunkList,
  at: number,
  bases: readonly (ChunkList | null)[],
  indexes: readonly (ChunkIndex | null)[],
  goesOnAt: Float64Array,
): Run | null {
  let best: Run | null = null;
  for (const [basis, held] of bases.entries()) {
    if (held === null) continue;
    const next = goesOnAt[basis] ?? 0;
    const first = sameChunk(held, next, list, at) ? next : (indexes[basis]?.find(list, at) ?? null);
    if (first === null) continue;
    const count = runLength(held, first, list, at);
    if (best === null || count > best.count) best = { basis, first, count };
  }
  return best;
}

function runLength(held: ChunkList, first: number, list: ChunkList, at: number): number {
  let count = 1;
  while (sameChunk(held, first + count, list, at + count)) count += 1;
  return count;
}

/** Takes a layout as it comes from the wire, in pieces of any size. */
export class LayoutReader {
  readonly #sizeBytes: number;
  readonly #bases: readonly (ChunkList | null)[];
  readonly #chunks = new LayoutChunks();
  readonly #goesOnAt = new Float64Array(RUN_KINDS);
  #averageBytes = 0;
  #left: Buffer = Buffer.alloc(0);
  #layout: Layout | null = null;

  /**
   * @param sizeBytes of the content
   * @param bases the receiver's own lists; null where it has none
   */
  constructor(sizeBytes: number, bases: readonly (ChunkList | null)[]) {
    this.#sizeBytes = sizeBytes;
    this.#bases = bases;
  }

  /** Null until it is complete. */
  get layout(): Layout | null {
    return this.#layout;
  }

  /**
   * @throws BtsootError `invalid` for bytes that are no such layout, `not-found` where it counts on a list that the receiver
   * does not have, or has another one of
   */
  push(bytes: Buffer): void {
    const all = this.#left.length === 0 ? bytes : Buffer.concat([this.#left, bytes]);
    const reader = new ByteReader(all, 'A layout');
    if (this.#averageBytes === 0 && all.length > 0) this.#begin(reader.byte());
    while (this.#layout === null && holdsRecord(all, all.length - reader.remaining)) this.#record(reader);
    if (this.#layout !== null && reader.remaining > 0) throw this.#mismatch('goes on behind the end of the file');
    this.#left = Buffer.from(all.subarray(all.length - reader.remaining));
  }

  /**
   * Nothing more of it comes.
   * @throws BtsootError where it is not complete, as `push`
   */
  end(): void {
    if (this.#layout === null) throw this.#mismatch('ends before the file does');
  }

  #begin(log2: number): void {
    this.#averageBytes = averageFromLog2(log2);
    this.#finishWhenCovered();
  }

  #record(reader: ByteReader): void {
    const head = reader.varint();
    if (head < RUN_KINDS) this.#run(head, unzigzag(reader.varint()), reader.varint());
    else {
      this.#add(head - RUN_KINDS + 1, null, 0);
      for (const basis of this.#goesOnAt.keys()) this.#goesOnAt[basis] = (this.#goesOnAt[basis] ?? 0) + 1;
    }
    this.#finishWhenCovered();
  }

  #run(basis: number, distance: number, count: number): void {
    if (basis >= this.#bases.length) throw invalid(`names basis ${basis} of ${this.#bases.length}`);
    const list = this.#bases[basis] ?? null;
    if (list === null) throw new BtsootError('not-found', `The chunks of basis ${basis} are not known here`);
    const first = (this.#goesOnAt[basis] ?? 0) + distance;
    if (!(first >= 0 && count > 0 && first + count <= list.ends.length)) {
      throw new BtsootError('not-found', `Basis ${basis} has other chunks here than its copy's sender believes`);
    }
    for (let index = first; index < first + count; index += 1) this.#add(chunkLength(list, index), list, index);
    this.#goesOnAt[basis] = first + count;
  }

  #add(lengthBytes: number, list: ChunkList | null, index: number): void {
    const end = this.#chunks.endBytes + lengthBytes;
    if (end > this.#sizeBytes) throw this.#mismatch('goes on behind the end of the file');
    if (this.#chunks.count === limits.chunksPerListMax) throw this.#mismatch(`has more than ${limits.chunksPerListMax} chunks`);
    this.#chunks.add(end, list, index);
  }

  #finishWhenCovered(): void {
    if (this.#chunks.endBytes === this.#sizeBytes) this.#layout = this.#chunks.finish(this.#averageBytes);
  }

  /** Lengths out of a list that differs from the sender's are nobody's fault. */
  #mismatch(what: string): BtsootError {
    if (!this.#chunks.hasKnown) return invalid(what);
    return new BtsootError('not-found', `A layout ${what}: a basis may have other chunks here than its sender believes`);
  }
}

function holdsRecord(bytes: Buffer, at: number): boolean {
  const varints = (bytes[at] ?? 0) < RUN_KINDS ? RUN_VARINTS : 1;
  let end: number | null = at;
  for (let count = 0; count < varints && end !== null; count += 1) end = varintEnd(bytes, end);
  return end !== null;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function invalid(what: string): BtsootError {
  return new BtsootError('invalid', `A layout ${what}`);
}
