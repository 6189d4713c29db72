import { randomBytes } from 'node:crypto';
import { limits } from '@btsoot/shared/model/limits.js';
import type { RemoteClient } from '@btsoot/shared/wire/client.js';
import { linkDataToWire, linkNewsFromWire, linkWantedToWire } from '@btsoot/shared/wire/convert.js';
import type { LinkRequest } from '@btsoot/shared/wire/messages.js';

/** Bytes a second, as far as was measured; 0 where nothing came through in time. */
export interface LinkSpeed {
  readonly up: number;
  readonly down: number;
}

export interface LinkMeasure {
  /** Each way at most. */
  readonly bytes: number;
  readonly maxMs: number;
}

const USUAL: LinkMeasure = { bytes: limits.doctorLinkBytes, maxMs: limits.doctorLinkMaxMs };

/**
 * Sends some megabytes, and then asks for as many, each for a few seconds at most.
 * @throws BtsootError of kind `version` where the remote is of before it could be asked.
 */
export async function measureLink(client: RemoteClient, measure: LinkMeasure = USUAL): Promise<LinkSpeed> {
  const up = await rateOf(client, meaningless(measure.bytes), 'received', measure);
  const down = await rateOf(client, [linkWantedToWire(measure.bytes)], 'data', measure);
  return { up, down };
}

/** Random: a tunnel on the way may compress. */
function* meaningless(bytes: number): Generator<LinkRequest, void, undefined> {
  const data = randomBytes(limits.linkFrameMaxBytes);
  for (let left = bytes; left > 0; left -= data.length) yield linkDataToWire(data.subarray(0, Math.min(left, data.length)));
}

async function rateOf(
  client: RemoteClient,
  requests: Iterable<LinkRequest>,
  of: 'received' | 'data',
  { bytes, maxMs }: LinkMeasure,
): Promise<number> {
  const late = AbortSignal.timeout(maxMs);
  const startMs = performance.now();
  let [count, lastMs] = [0, startMs];
  try {
    for await (const reply of client.measureLink(requests, late)) {
      const news = linkNewsFromWire(reply);
      count = of === 'received' ? news.bytes : count + news.bytes;
      lastMs = performance.now();
      if (count >= bytes) break;
    }
  } catch (error) {
    if (!late.aborted) throw error;
  }
  return count === 0 ? 0 : (count * 1000) / Math.max(lastMs - startMs, 1);
}
