import type { Op } from './op.js';
import { OpList } from './op-list.js';

/** Zeros from this many bytes on are worth an op of their own: a block of every file system. */
const RUN_MIN_BYTES = 4096;
/** Every run of RUN_MIN_BYTES has 16 zeros at one of these. */
const PROBE_STEP_BYTES = RUN_MIN_BYTES / 2;
const PROBE_BYTES = 16;

const zeros = Buffer.alloc(64 * 1024);

/** Literal bytes as literals and runs of at least 4 KiB of zeros. Where there are none, that is one look each 2 KiB. */
export function splitZeros(bytes: Buffer): Op[] {
  const ops = new OpList();
  let literalFrom = 0;
  for (let probe = 0; probe + PROBE_BYTES <= bytes.length; ) {
    const begin = isZeroAt(bytes, probe) ? zerosBegin(bytes, probe, literalFrom) : probe;
    const end = isZeroAt(bytes, probe) ? zerosEnd(bytes, probe) : probe;
    if (end - begin >= RUN_MIN_BYTES) {
      ops.literal(begin - literalFrom);
      ops.zeros(end - begin);
      literalFrom = end;
    }
    probe = Math.max(end, probe + PROBE_STEP_BYTES);
  }
  ops.literal(bytes.length - literalFrom);
  return ops.finish();
}

function isZeroAt(bytes: Buffer, at: number): boolean {
  return zeros.compare(bytes, at, at + PROBE_BYTES, 0, PROBE_BYTES) === 0;
}

function zerosBegin(bytes: Buffer, from: number, least: number): number {
  let at = from;
  while (at > least && bytes[at - 1] === 0) at -= 1;
  return at;
}

/** In big steps, then byte by byte. */
function zerosEnd(bytes: Buffer, from: number): number {
  let at = from;
  for (const step of [zeros.length, PROBE_STEP_BYTES, 64, 1]) {
    while (at + step <= bytes.length && zeros.compare(bytes, at, at + step, 0, step) === 0) at += step;
  }
  return at;
}
