import { cutFor } from './cut.js';
import { GEAR_WINDOW_BYTES, makeGear } from './gear.js';

const gear = makeGear();

/**
 * Where FastCDC (Xia et al., USENIX ATC 2016; IEEE TPDS 2020) with normalised chunking cuts `bytes`: each chunk's end.
 * One difference: the hash is warmed up before the minimum, so that it always knows its whole window, and where a cut may be
 * does not depend on where the chunk began. Plain and slow: what `Chunker` must agree with.
 */
export function oracleEnds(bytes: Uint8Array, averageBytes: number): number[] {
  const ends: number[] = [];
  for (let start = 0; start < bytes.length; start = ends.at(-1) ?? bytes.length) ends.push(chunkEnd(bytes, start, averageBytes));
  return ends;
}

function chunkEnd(bytes: Uint8Array, start: number, averageBytes: number): number {
  const { minBytes, maxBytes, hardThreshold, easyThreshold } = cutFor(averageBytes);
  const last = Math.min(start + maxBytes, bytes.length);
  let hash = 0;
  for (let at = start + Math.max(minBytes - GEAR_WINDOW_BYTES, 0); at < last; at++) {
    hash = ((hash << 1) + (gear[bytes[at] ?? 0] ?? 0)) >>> 0;
    const lengthBytes = at + 1 - start;
    if (lengthBytes > minBytes && hash < (lengthBytes <= averageBytes ? hardThreshold : easyThreshold)) return at + 1;
  }
  return last;
}
