import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';

/**
 * grpc-js reads ahead and buffers by messages, 16 of them, whatever their size. With one message ahead, what is not
 * asked for stays in HTTP/2's window, and the window slows the sender.
 */
export function readOneAhead(stream: Readable): void {
  (stream as unknown as { _readableState: { highWaterMark: number } })._readableState.highWaterMark = 1;
  if (stream.readableHighWaterMark !== 1) {
    throw new BtsootError('internal', 'this version of Node does not let a stream read less ahead');
  }
}

/** Two: one on its way and one behind it. */
const WRITTEN_AHEAD = 2;

/** As `readOneAhead`, of what is written: a peer that never reads has 16 frames of 256 KiB kept for each of its calls. */
export function writeFewAhead(stream: Writable): void {
  (stream as unknown as { _writableState: { highWaterMark: number } })._writableState.highWaterMark = WRITTEN_AHEAD;
  if (stream.writableHighWaterMark !== WRITTEN_AHEAD) {
    throw new BtsootError('internal', 'this version of Node does not let a stream keep less of what is written');
  }
}

/**
 * The messages of a stream, as they are asked for. Leaving the loop early leaves the stream open. A message of five bytes is
 * taken without waiting for anything, and so are the hundred thousands behind it: other streams have their turn in between.
 */
export async function* messages<T>(stream: Readable): AsyncGenerator<T, void, undefined> {
  let turnBeganMs = performance.now();
  for await (const message of stream.iterator({ destroyOnReturn: false })) {
    yield accepted(message as T);
    if (performance.now() - turnBeganMs < limits.messagesTurnMaxMs) continue;
    await setImmediate();
    turnBeganMs = performance.now();
  }
}

/** A message as it came. @throws BtsootError of kind `invalid` where its decoder refused it, see proto.ts. */
export function accepted<T>(message: T): T {
  if (message instanceof BtsootError) throw message;
  return message;
}

/** Resolves when the stream wants more. Rejects when the signal aborts: the stream may never drain then. */
export async function write(stream: Writable, message: unknown, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!stream.write(message)) await once(stream, 'drain', { signal });
}
