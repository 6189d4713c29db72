import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { linkDataToWire, linkNewsFromWire, linkWantedToWire } from '@btsoot/shared/wire/convert.js';
import type { LinkRequest } from '@btsoot/shared/wire/messages.js';
import { serveRoot } from './service-fixture.js';

const frame = Buffer.alloc(limits.linkFrameMaxBytes, 7);
const isKind = (kind: string) => (error: unknown) => error instanceof BtsootError && error.kind === kind;

function* frames(bytes: number): Generator<LinkRequest> {
  for (let left = bytes; left > 0; left -= frame.length) yield linkDataToWire(frame.subarray(0, Math.min(left, frame.length)));
}

test('a link is measured with as much each way as is allowed, and not with a byte more', async (t) => {
  const { client } = await serveRoot(t);
  const measured = async (requests: Iterable<LinkRequest>): Promise<{ received: number; given: number }> => {
    let [received, given] = [0, 0];
    for await (const reply of client.measureLink(requests)) {
      const news = linkNewsFromWire(reply);
      if (news.kind === 'received') received = news.bytes;
      else given += news.bytes;
    }
    return { received, given };
  };
  const most = limits.linkMeasuredMaxBytes;
  assert.deepEqual(await measured([...frames(most), linkWantedToWire(most)]), { received: most, given: most });
  assert.deepEqual(await measured([linkWantedToWire(1), linkWantedToWire(frame.length + 1)]), {
    received: 0,
    given: frame.length + 2,
  });
  await assert.rejects(measured([...frames(most), ...frames(1)]), isKind('refused'));
  await assert.rejects(measured([linkWantedToWire(most), linkWantedToWire(1)]), isKind('refused'));
  await assert.rejects(measured([linkWantedToWire(most + 1)]), isKind('invalid'));
  await assert.rejects(measured([{ data: Buffer.alloc(frame.length + 1) }]), isKind('invalid'));
});

test('hello says how the remote fares', async (t) => {
  const { client } = await serveRoot(t);
  const before = Date.now() * 1000;
  const { condition } = await client.hello();
  assert.ok(condition !== null && condition.nowUs >= before && condition.nowUs <= Date.now() * 1000);
  assert.ok(condition.totalBytes > 0 && condition.freeBytes <= condition.totalBytes);
});
