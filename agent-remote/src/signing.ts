import { type OpenContent, openContent } from '@btsoot/shared/apply/content-reader.js';
import { Partials } from '@btsoot/shared/apply/partials.js';
import { SignatureMaker, signatureSizeBytes } from '@btsoot/shared/delta/signature.js';
import type { Basis } from '@btsoot/shared/model/delivery.js';
import { BtsootError, errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { SignatureNews, SignatureQuestion, SignatureRegion } from '@btsoot/shared/wire/convert.js';
import type { OpenBlock } from './blocks.js';

/**
 * Answers one question about what the block holds, and reads no more of it than is asked about. What cannot be had is
 * `missing`, at the start or midway. The signal ends it, with its reason, between two reads. Of an answer that takes longer
 * than `intervalMs`, what is ready goes out that often.
 */
export async function* answerSignatures(
  block: OpenBlock,
  question: SignatureQuestion,
  signal: AbortSignal,
  intervalMs: number = limits.answerIntervalMs,
): AsyncGenerator<SignatureNews, void, undefined> {
  try {
    const parts = question.kind === 'chunks' ? [chunksOf(block, question.basis)] : signatures(block, question, signal);
    yield* inFrames(parts, intervalMs);
  } catch (error) {
    signal.throwIfAborted();
    yield { kind: 'missing', message: reasonOf(error) };
  }
}

/** A bug is none. */
function reasonOf(error: unknown): string {
  const isSystemError = errnoOf(error) !== undefined;
  if (!isSystemError && (!(error instanceof BtsootError) || error.kind === 'internal')) throw error;
  return fromSystemError(error, 'reading what is asked about').message;
}

function chunksOf(block: OpenBlock, { content, partial }: Basis): Buffer {
  const packed = partial ? new Partials(block.area).chunks(content) : block.manifest.chunks(content);
  if (packed === null) throw new BtsootError('not-found', 'no chunk list of this content is known here');
  return packed;
}

async function* signatures(
  block: OpenBlock,
  { basis, regions }: SignatureQuestion & { kind: 'regions' },
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const open = basis.partial ? new Partials(block.area).open(basis.content) : openContent(block, basis.content);
  try {
    for (const region of regions) {
      requireRoom(region);
      yield* sign(open, region, signal);
    }
  } finally {
    open.close();
  }
}

/** Whoever asks holds a region's signature in memory. */
function requireRoom(region: SignatureRegion): void {
  const sizeBytes = signatureSizeBytes(region);
  if (sizeBytes <= limits.signatureSizeMaxBytes) return;
  throw new BtsootError('refused', `the signature of a region would take ${sizeBytes} bytes`);
}

async function* sign(open: OpenContent, region: SignatureRegion, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  const maker = new SignatureMaker(region);
  const buffer = Buffer.allocUnsafe(Math.min(limits.frameSizeMaxBytes, region.lengthBytes));
  const end = region.from + region.lengthBytes;
  for (let at = region.from; at < end; ) {
    const part = buffer.subarray(0, Math.min(buffer.length, end - at));
    if (open.read(part, at) < part.length)
      throw new BtsootError('not-found', `no more than ${open.sizeBytes} bytes of it are here`);
    maker.update(part);
    at += part.length;
    yield maker.take();
    await new Promise(setImmediate);
    signal.throwIfAborted();
  }
  yield maker.finish();
}

/** One message for a small answer; else as few as carry it, but for a sign of life now and then. None is empty. */
async function* inFrames(
  parts: Iterable<Buffer> | AsyncIterable<Buffer>,
  intervalMs: number,
): AsyncGenerator<SignatureNews, void, undefined> {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let saidMs = performance.now();
  for await (const part of parts) {
    if (part.length === 0) continue;
    if (waitingBytes > 0 && performance.now() - saidMs >= intervalMs) {
      yield { kind: 'data', bytes: Buffer.concat(waiting), last: false };
      saidMs = performance.now();
      waiting = [];
      waitingBytes = 0;
    }
    waiting.push(part);
    waitingBytes += part.length;
    if (waitingBytes <= limits.frameSizeMaxBytes) continue;
    let bytes = Buffer.concat(waiting);
    for (; bytes.length > limits.frameSizeMaxBytes; bytes = bytes.subarray(limits.frameSizeMaxBytes)) {
      yield { kind: 'data', bytes: bytes.subarray(0, limits.frameSizeMaxBytes), last: false };
      saidMs = performance.now();
    }
    waiting = [bytes];
    waitingBytes = bytes.length;
  }
  yield { kind: 'data', bytes: Buffer.concat(waiting), last: true };
}
