import { ByteReader, ByteWriter } from '../model/byte-fields.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { Op } from './op.js';

/*
 * An op is a byte, the length in bytes as a varint, and for COPY_FROM a distance as a varint. The byte's bits 0 and 1 say
 * what it is, bits 2 to 4 the basis of a copy, bit 5 that the distance goes back; the others are zero.
 *
 * Where a copy comes from is told by its shift, from - position. COPY keeps the shift of this message's last copy from the
 * same basis, at first 0, so the copies around an edit in place say nothing at all. COPY_FROM differs from it by the distance.
 */
const LITERAL = 0;
const ZEROS = 1;
const COPY = 2;
const COPY_FROM = 3;
const BACK = 0x20;

/** The file position from which on the ops are, and what they may not exceed. */
export interface OpsFrame {
  readonly position: number;
  /** Of the file, from `position` on. */
  readonly remainingBytes: number;
  /** The size of each basis. */
  readonly basesSizes: readonly number[];
}

/** A message's worth of ops, of which the first is at this position of the file. */
export function encodeOps(ops: readonly Op[], position: number): Buffer {
  const shifts = new Float64Array(limits.basesPerFileMax);
  const writer = new ByteWriter(4 * ops.length);
  let at = position;
  for (const op of ops) {
    if (op.kind === 'copy') writeCopy(writer, op.basis, op.from - at, op.lengthBytes, shifts);
    else {
      writer.byte(op.kind === 'literal' ? LITERAL : ZEROS);
      writer.varint(op.lengthBytes);
    }
    at += op.lengthBytes;
  }
  return writer.finish();
}

function writeCopy(writer: ByteWriter, basis: number, shift: number, lengthBytes: number, shifts: Float64Array): void {
  const distance = shift - (shifts[basis] ?? 0);
  shifts[basis] = shift;
  writer.byte((distance === 0 ? COPY : COPY_FROM) | (basis << 2) | (distance < 0 ? BACK : 0));
  writer.varint(lengthBytes);
  if (distance !== 0) writer.varint(Math.abs(distance));
}

/**
 * The ops of one message. Each lies within the file, each copy within its basis.
 *
 * @throws BtsootError `invalid` for bytes that are no such ops
 */
export function decodeOps(bytes: Buffer, frame: OpsFrame): Op[] {
  const reader = new ByteReader(bytes, 'A patch');
  const shifts = new Float64Array(frame.basesSizes.length);
  const end = frame.position + frame.remainingBytes;
  const ops: Op[] = [];
  for (let at = frame.position; reader.remaining > 0; ) {
    const head = reader.byte();
    const lengthBytes = reader.varint();
    if (lengthBytes === 0 || lengthBytes > end - at)
      throw invalid(`holds an op of ${lengthBytes} bytes where ${end - at} are left`);
    const kind = head & 3;
    if (kind === COPY || kind === COPY_FROM) ops.push(readCopy(reader, head, at, lengthBytes, shifts, frame.basesSizes));
    else if (head === kind) ops.push({ kind: kind === LITERAL ? 'literal' : 'zeros', lengthBytes });
    else throw invalid(`holds an op of the unknown kind ${head}`);
    at += lengthBytes;
  }
  return ops;
}

function readCopy(
  reader: ByteReader,
  head: number,
  at: number,
  lengthBytes: number,
  shifts: Float64Array,
  basesSizes: readonly number[],
): Op {
  const basis = (head >> 2) & 7;
  const sizeBytes = basesSizes[basis];
  const unknownBits = head & ((head & 3) === COPY ? 0xe0 : 0xc0);
  if (sizeBytes === undefined || unknownBits !== 0) throw invalid(`copies from basis ${head >> 2} of ${basesSizes.length}`);
  const distance = (head & 3) === COPY ? 0 : reader.varint();
  const shift = (shifts[basis] ?? 0) + ((head & BACK) === 0 ? distance : -distance);
  const from = at + shift;
  if (!(from >= 0 && from <= sizeBytes - lengthBytes)) {
    throw invalid(`copies ${lengthBytes} bytes from byte ${from} of a basis of ${sizeBytes}`);
  }
  shifts[basis] = shift;
  return { kind: 'copy', basis, from, lengthBytes };
}

function invalid(what: string): BtsootError {
  return new BtsootError('invalid', `A patch ${what}`);
}
