import assert from 'node:assert/strict';
import { BtsootError } from '../model/errors.js';
import { hashToBytes } from '../model/xxh3.js';
import type { ChunkList } from './chunk-list.js';
import { oracleEnds } from './chunker-oracle.js';
import { coarseDelta } from './coarse.js';
import { questionsFor } from './cost.js';
import type { Gap, KnownBasis, Segment } from './gap.js';
import { Matcher, type Source } from './matcher.js';
import type { Op } from './op.js';
import { OpList } from './op-list.js';
import { probe } from './probe.js';
import { readSignature, SignatureMaker } from './signature.js';

/** A patch, applied in memory. `literals` are the bytes of all literal ops, one after the other. */
export function applyOps(ops: readonly Op[], bases: readonly Buffer[], literals: Buffer): Buffer {
  let taken = 0;
  const parts = ops.map((op) => {
    assert.ok(op.lengthBytes > 0);
    if (op.kind === 'zeros') return Buffer.alloc(op.lengthBytes);
    const [bytes, from] = op.kind === 'copy' ? [bases[op.basis], op.from] : [literals, taken];
    if (op.kind === 'literal') taken += op.lengthBytes;
    const part = bytes?.subarray(from, from + op.lengthBytes);
    assert.equal(part?.length, op.lengthBytes);
    return part ?? assert.fail();
  });
  assert.equal(taken, literals.length);
  return Buffer.concat(parts);
}

/** The bytes that the ops' literals stand for. */
export function literalsOf(ops: readonly Op[], target: Buffer): Buffer {
  let at = 0;
  const parts = ops.map((op) => {
    at += op.lengthBytes;
    return op.kind === 'literal' ? target.subarray(at - op.lengthBytes, at) : Buffer.alloc(0);
  });
  return Buffer.concat(parts);
}

export function literalBytes(ops: readonly Op[]): number {
  return ops.reduce((sum, op) => sum + (op.kind === 'literal' ? op.lengthBytes : 0), 0);
}

export function cut(bytes: Buffer, averageBytes: number): ChunkList {
  return listWith(bytes, oracleEnds(bytes, averageBytes), averageBytes);
}

/** The list of these bytes with chunks that end at these places. */
export function listWith(bytes: Buffer, ends: readonly number[], averageBytes: number): ChunkList {
  const hashes = ends.map((end, index) => hashToBytes(bytes.subarray(ends[index - 1] ?? 0, end)));
  return { averageBytes, ends: Float64Array.from(ends), hashes: Buffer.concat(hashes) };
}

export function knownBasis(bytes: Buffer, averageBytes: number | null): KnownBasis {
  return { sizeBytes: bytes.length, list: averageBytes === null ? null : cut(bytes, averageBytes) };
}

/** A basis' signature, as it arrives. */
export function sourceOf(
  basis: number,
  bytes: Buffer,
  region: { from: number; lengthBytes: number; blockBytes: number },
): Source {
  const maker = new SignatureMaker(region);
  maker.update(bytes.subarray(region.from, region.from + region.lengthBytes));
  return { basis, signature: readSignature(region, maker.finish()) };
}

/** All of a basis' bytes, as a `Matcher` is told of them. */
export function wholeSource(bytes: Buffer, blockBytes: number): Source[] {
  return bytes.length === 0 ? [] : [sourceOf(0, bytes, { from: 0, lengthBytes: bytes.length, blockBytes })];
}

export function matchAll(sources: readonly Source[], target: Buffer, pieceBytes = target.length): Op[] {
  const matcher = new Matcher(sources);
  const ops = new OpList();
  for (let at = 0; at < target.length; at += pieceBytes) {
    for (const op of matcher.push(target.subarray(at, at + pieceBytes))) ops.add(op);
  }
  for (const op of matcher.finish()) ops.add(op);
  return ops.finish();
}

export interface Delta {
  readonly ops: readonly Op[];
  /** What the sender would have had to ask. */
  readonly signatureBytes: number;
}

/** The whole way of a file that replaces `bases[0]`: lists, probes, signatures, search. */
export function wholeDelta(target: Buffer, targetList: ChunkList, bases: readonly Buffer[], known: readonly KnownBasis[]): Delta {
  const segments = coarseDelta(targetList, known).flatMap((part) => (part.kind === 'gap' ? probed(part, target, known) : [part]));
  const ops = new OpList();
  let signatureBytes = 0;
  for (const segment of segments) {
    if (segment.kind !== 'gap') {
      ops.add(segment);
      continue;
    }
    const questions = questionsFor(segment);
    const sources = questions.map(({ basis, region }) => sourceOf(basis, bases[basis] ?? Buffer.alloc(0), region));
    signatureBytes += sources.reduce((sum, { signature }) => sum + signature.sizeBytes, 0);
    for (const op of matchAll(sources, gapBytes(segment, target))) ops.add(op);
  }
  return { ops: ops.finish(), signatureBytes };
}

function probed(gap: Gap, target: Buffer, known: readonly KnownBasis[]): Segment[] {
  return probe(gap, known, [{ position: gap.position, bytes: gapBytes(gap, target) }]);
}

function gapBytes(gap: Gap, target: Buffer): Buffer {
  return target.subarray(gap.position, gap.position + gap.lengthBytes);
}

/** Runs what is given hostile bytes: it may succeed, or refuse with one of these kinds, but fail in no other way. */
export function refusesOrSucceeds(run: () => void, ...kinds: readonly string[]): void {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof BtsootError && kinds.includes(error.kind), String(error));
  }
}
