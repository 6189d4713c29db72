import { promisify } from 'node:util';
import { type BrotliOptions, brotliCompress, brotliCompressSync, constants } from 'node:zlib';

const { BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
const compressInThread = promisify(brotliCompress);

/** Compresses in Node's thread pool. */
export async function compress(raw: Buffer, quality: number): Promise<Buffer> {
  return await compressInThread(raw, optionsFor(raw.length, quality));
}

/** What a few KiB come to at the lowest quality. A thread would take longer to wake up than this takes. */
export function sampledBytes(sample: Buffer): number {
  return brotliCompressSync(sample, optionsFor(sample.length, 1)).length;
}

/** The window is no larger than the block: it is memory on both sides. */
function optionsFor(sizeBytes: number, quality: number): BrotliOptions {
  const windowBits = Math.min(Math.max(32 - Math.clz32(sizeBytes), constants.BROTLI_MIN_WINDOW_BITS), 22);
  return {
    params: {
      [BROTLI_PARAM_QUALITY]: quality,
      [BROTLI_PARAM_LGWIN]: windowBits,
      [BROTLI_PARAM_SIZE_HINT]: sizeBytes,
    },
  };
}
