import type { Applier } from '@btsoot/shared/apply/applier.js';
import { peerFault } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { type ApplyNews, applyOrderFromWire, type HistorySummary } from '@btsoot/shared/wire/convert.js';
import { sweepYoungGeneration } from '@btsoot/shared/wire/frugal.js';
import type { ApplyRequest__Output } from '@btsoot/shared/wire/messages.js';
import { oneAhead } from './one-ahead.js';
import type { ReplyQueue } from './reply-queue.js';
import { Serial } from './serial.js';
import { unpackOrder, type WholeOrder } from './unpack.js';
import { untilAborted } from './until-aborted.js';

export interface ApplyStream {
  /** What follows `begin`. */
  readonly requests: AsyncIterable<ApplyRequest__Output>;
  readonly applier: Applier;
  readonly historySize: () => HistorySummary;
  /** Where the applier's `onCommitted` puts its acknowledgements, and this puts the end. */
  readonly replies: ReplyQueue<ApplyNews>;
  /** Stops at the next step or frame; what is whole by then is kept. */
  readonly signal: AbortSignal;
  /** Told of a failure to keep what was whole: recovery at the next session makes up for it. */
  readonly onAbortFailed: (error: unknown) => void;
}

/** So many bytes of content lie about at least twice: as they came, and put together or unpacked. */
const sweepIntervalBytes = 2 * 1024 * 1024;

/**
 * Feeds a stream of orders to the applier, the next one only when the last was taken, and commits a group that has
 * grown old while nothing came. While an order is taken, the next one is read and unpacked. Ends the replies with
 * `finished`, or with the error that ended it. Never rejects.
 */
export async function runApplyStream(stream: ApplyStream): Promise<void> {
  const { applier, replies } = stream;
  const serial = new Serial();
  const broken = new AbortController();
  const ageing = setInterval(() => {
    serial.run(() => applier.flush()).catch((error: unknown) => broken.abort(error));
  }, limits.groupAgeMaxMs).unref();
  try {
    await takeAll(stream, serial, AbortSignal.any([stream.signal, broken.signal]));
    replies.finish();
  } catch (error) {
    await serial.run(() => applier.abort()).catch(stream.onAbortFailed);
    replies.fail(error);
  } finally {
    clearInterval(ageing);
  }
}

async function takeAll(
  { requests, applier, historySize, replies }: ApplyStream,
  serial: Serial,
  signal: AbortSignal,
): Promise<void> {
  let unsweptBytes = 0;
  for await (const order of oneAhead(wholeOrders(untilAborted(requests, signal)))) {
    if (order.kind === 'finish') {
      const finished = await serial.run(() => applier.finish());
      replies.push({ kind: 'finished', ...finished, history: historySize() });
      return;
    }
    await takeOrder(order, applier, serial, signal);
    await untilRoom(replies, signal);
    unsweptBytes += contentBytes(order);
    if (unsweptBytes < sweepIntervalBytes) continue;
    sweepYoungGeneration();
    unsweptBytes = 0;
  }
  throw peerFault('the steps ended without saying that they were all');
}

async function* wholeOrders(requests: AsyncIterable<ApplyRequest__Output>): AsyncGenerator<WholeOrder, void, undefined> {
  for await (const request of requests) yield await unpackOrder(applyOrderFromWire(request));
}

async function takeOrder(
  order: Exclude<WholeOrder, { kind: 'finish' }>,
  applier: Applier,
  serial: Serial,
  signal: AbortSignal,
): Promise<void> {
  switch (order.kind) {
    case 'begin':
      throw peerFault('a stream of steps begins once');
    case 'steps':
      for (const { step, inline, delivery } of order.steps) {
        signal.throwIfAborted();
        await serial.run(() => applier.step(step, inline, delivery));
      }
      return;
    case 'layout':
      return serial.run(() => applier.layout(order.bytes));
    case 'data':
      return serial.run(() => applier.data(order.bytes));
    case 'patch':
      return serial.run(() => applier.patch(order.ops, order.literals));
    case 'withdraw':
      return serial.run(() => applier.withdraw(order.message));
    default:
      return order satisfies never;
  }
}

/** Of a file's own messages: small files bring objects enough for V8 to sweep by itself. */
function contentBytes(order: WholeOrder): number {
  if (order.kind === 'data') return order.bytes.length;
  return order.kind === 'patch' ? order.literals.length : 0;
}

async function untilRoom(replies: ReplyQueue<ApplyNews>, signal: AbortSignal): Promise<void> {
  // An abort that came before is not told again.
  signal.throwIfAborted();
  const wait = replies.room();
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    void wait.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
