import { type ChunkList, listDigest, unpackChunks } from '../delta/chunk-list.js';
import { oracleEnds } from '../delta/chunker-oracle.js';
import { encodeLayout } from '../delta/layout.js';
import type { Op } from '../delta/op.js';
import { encodeOps } from '../delta/ops.js';
import type { Basis, Delivery } from '../model/delivery.js';
import { type Content, sameContent } from '../model/entry.js';
import type { FileStep } from '../model/step.js';
import { hashBytes, hashToBytes } from '../model/xxh3.js';
import type { Applier } from './applier.js';
import type { Area } from './area.js';
import { META, path } from './fixture.js';
import { Partials } from './partials.js';

const FRAME_BYTES = 256 * 1024;

export const MiB = 1024 * 1024;
export const AVERAGE_BYTES = 16 * 1024;

export function contentOfBytes(bytes: Buffer): Content {
  return { hash: hashBytes(bytes), sizeBytes: bytes.length };
}

/** Bytes that look like no others, the same ones for the same seed. */
export function noise(lengthBytes: number, seed: number): Buffer {
  const words = new Uint32Array(Math.ceil(lengthBytes / 4));
  let state = (seed * 0x9e3779b1 + 0x7f4a7c15) >>> 0;
  for (let index = 0; index < words.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words[index] = state ^ (state >>> 15);
  }
  return Buffer.from(words.buffer, 0, lengthBytes);
}

export function listOf(bytes: Buffer, averageBytes = AVERAGE_BYTES): ChunkList {
  const ends = Float64Array.from(oracleEnds(bytes, averageBytes));
  const hashes = Array.from(ends, (end, index) => hashToBytes(bytes.subarray(ends[index - 1] ?? 0, end)));
  return { averageBytes, ends, hashes: Buffer.concat(hashes) };
}

export function putOf(at: string, bytes: Buffer, old: Buffer | null = null): FileStep {
  const replaces = old === null ? null : { kind: 'file' as const, content: contentOfBytes(old) };
  return { kind: 'put', path: path(at), meta: META, content: contentOfBytes(bytes), replaces };
}

/** A basis with its list as the sender knows it. */
export interface SentBasis extends Basis {
  readonly list: ChunkList | null;
}

/** A whole content as a basis. */
export function basisOf(bytes: Buffer, list: ChunkList | null = null): SentBasis {
  return { content: contentOfBytes(bytes), partial: false, list };
}

/** What a sender who is honest says of a delivery. */
export function deliveryOf(list: ChunkList | null, bases: readonly SentBasis[] = [], positional = false): Delivery {
  return {
    bases: bases.map(({ content, partial }) => ({ content, partial })),
    positional,
    chunksDigest: list === null ? null : listDigest(list),
    layout:
      list === null
        ? Buffer.alloc(0)
        : encodeLayout(
            list,
            bases.map((basis) => basis.list),
          ),
  };
}

/** Sends `bytes` from `position` on as frames of literals, up to `end`. */
export async function sendLiterals(applier: Applier, bytes: Buffer, position = 0, end = bytes.length): Promise<void> {
  for (let at = position; at < end; at += FRAME_BYTES) await applier.data(bytes.subarray(at, Math.min(at + FRAME_BYTES, end)));
}

/** Sends the part of `bytes` at `position` that these ops cover, as one message. */
export async function sendOps(applier: Applier, bytes: Buffer, position: number, ops: readonly Op[]): Promise<void> {
  const literals: Buffer[] = [];
  let at = position;
  for (const op of ops) {
    if (op.kind === 'literal') literals.push(bytes.subarray(at, at + op.lengthBytes));
    at += op.lengthBytes;
  }
  await applier.patch(encodeOps(ops, position), Buffer.concat(literals));
}

/** Sends a file as a source would after a cut: what is there as one copy, the rest as literals. Returns how much it sent. */
export async function resumeOrBegin(
  applier: Applier,
  area: Area,
  bytes: Buffer,
  onFrame: (position: number) => void = () => undefined,
): Promise<number> {
  const partials = new Partials(area);
  const content = contentOfBytes(bytes);
  const packed = partials.chunks(content);
  const durableBytes = partials.list().find((partial) => sameContent(partial.content, content))?.durableBytes ?? 0;
  const bases = packed === null ? [] : [{ content, partial: true, list: unpackChunks(packed, durableBytes) }];
  await applier.step(putOf('resumed', bytes), null, deliveryOf(listOf(bytes), bases));
  if (durableBytes > 0) await sendOps(applier, bytes, 0, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: durableBytes }]);
  for (let at = durableBytes; at < bytes.length; at += FRAME_BYTES) {
    onFrame(at);
    await sendLiterals(applier, bytes, at, Math.min(at + FRAME_BYTES, bytes.length));
  }
  return bytes.length - durableBytes;
}

/** The file that `receiving-child` receives. */
export function resumedContent(sizeBytes: number): Buffer {
  return noise(sizeBytes, 42);
}
