import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Server } from '@grpc/grpc-js';
import { limits } from '../model/limits.js';
import type { ApplyRequest } from './messages.js';
import { startProxy } from './testing/proxy.js';
import { collect, serve } from './testing/serving.js';
import { openWindow } from './window.js';

const FRAME = Buffer.alloc(limits.frameSizeMaxBytes, 7);

function* frames(count: number): Generator<ApplyRequest> {
  for (let i = 0; i < count; i++) yield { data: FRAME };
}

test('an upload over a link with a delay has far more in flight than the 64 KiB of HTTP/2', async (t) => {
  let received = 0;
  const { server, connect } = await serve(t, {
    async *apply(requests) {
      for await (const request of requests) received += request.data?.length ?? 0;
      yield { finished: { sessionNumber: 1 } };
    },
  });
  const proxy = await startProxy(server.port, 25);
  t.after(() => proxy.close());

  await collect(connect(proxy.port).apply(frames(48)));

  assert.equal(received, 48 * FRAME.length);
  // A little over one stream's first 64 KiB would pass without the window; three quarters of the window must not be far.
  assert.ok(proxy.heldUpMaxBytes > 2 * 1024 * 1024, `${proxy.heldUpMaxBytes} bytes in flight`);
  assert.ok(proxy.heldUpMaxBytes <= limits.receiveWindowBytes * 1.05, `${proxy.heldUpMaxBytes} bytes in flight`);
});

test('a handler that does not ask stops the sender within a window', async (t) => {
  let sent = 0;
  const gate = opened();
  const { connect } = await serve(t, {
    // biome-ignore lint/correctness/useYield: the handler answers nothing
    async *apply(requests) {
      await gate.promise;
      for await (const _ of requests);
    },
  });
  async function* counted(): AsyncGenerator<ApplyRequest> {
    for (const frame of frames(400)) {
      sent += FRAME.length;
      // By its own waiting: when nothing moves any more, the handler is let go.
      const stuck = setTimeout(() => gate.resolve(), 500);
      yield frame;
      clearTimeout(stuck);
      if (sent > 64 * 1024 * 1024) gate.resolve();
    }
  }
  const upload = collect(connect().apply(counted()));
  await gate.promise;
  // The window, 16 messages in the client's stream, and what the kernel's sockets hold.
  assert.ok(sent < limits.receiveWindowBytes + 32 * FRAME.length + 8 * 1024 * 1024, `${sent} bytes taken from the source`);
  await upload;
});

test('a grpc-js that makes its servers in another way is refused', () => {
  const stranger = { createHttp2Server: undefined } as unknown as Server;
  assert.throws(() => openWindow(stranger, 1, () => {}), { kind: 'internal' });
  assert.throws(
    openWindow(new Server(), 1, () => {}),
    { kind: 'internal' },
    'bound without being asked',
  );
});

function opened(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
