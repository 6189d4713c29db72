import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { tree } from '@btsoot/shared/model/memory-tree.js';
import { openingOf, sessionWith } from './fake-remote.js';

test('an opening that cannot be ends the call: nothing is left that would hold the lease', { timeout: 60_000 }, async (t) => {
  let left: () => void = () => {};
  const hasLeft = new Promise<void>((resolve) => {
    left = resolve;
  });
  const opening = sessionWith(t, {
    async *openSession(_, { signal }) {
      const { opened } = openingOf(tree());
      yield { opened: { ...opened, rootId: 77 } };
      if (!signal.aborted) await once(signal, 'abort');
      left();
    },
  });
  await assert.rejects(opening, { kind: 'invalid', message: /the root's id is \d+ and 77/ });
  await hasLeft;
});

test('a session that the remote ends is lost, with the remote’s reason', { timeout: 60_000 }, async (t) => {
  const session = await sessionWith(t, {
    async *openSession() {
      yield openingOf(tree());
    },
  });
  if (!session.lost.aborted) await once(session.lost, 'abort');
  assert.equal(session.lost.reason.message, 'the remote ended the session');
});
