import { randomBytes } from 'node:crypto';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { linkDataToWire, linkReceivedToWire, linkWishFromWire } from '@btsoot/shared/wire/convert.js';
import type { LinkReply, LinkRequest__Output } from '@btsoot/shared/wire/messages.js';

/** Acknowledges bytes that mean nothing, and gives such bytes. Nothing is kept, and no disk is touched. */
export async function* measureLink(requests: AsyncIterable<LinkRequest__Output>): AsyncGenerator<LinkReply, void, undefined> {
  let [receivedBytes, givenBytes] = [0, 0];
  for await (const request of requests) {
    const wish = linkWishFromWire(request);
    if (wish.kind === 'data') {
      receivedBytes += wish.bytes;
      requireBounded(receivedBytes);
      yield linkReceivedToWire(receivedBytes);
    } else {
      givenBytes += wish.bytes;
      requireBounded(givenBytes);
      yield* meaningless(wish.bytes);
    }
  }
}

/** Random: a tunnel on the way may compress. */
function* meaningless(bytes: number): Generator<LinkReply, void, undefined> {
  const data = randomBytes(limits.linkFrameMaxBytes);
  for (let left = bytes; left > 0; left -= data.length) yield linkDataToWire(data.subarray(0, Math.min(left, data.length)));
}

function requireBounded(bytes: number): void {
  if (bytes <= limits.linkMeasuredMaxBytes) return;
  throw new BtsootError('refused', `a link is measured with at most ${limits.linkMeasuredMaxBytes} bytes each way in one call`, {
    hint: 'Begin another call.',
  });
}
