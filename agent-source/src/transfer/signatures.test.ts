import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tree } from '@btsoot/shared/model/memory-tree.js';
import { signatureNewsToWire, signatureWishFromWire } from '@btsoot/shared/wire/convert.js';
import { opens, sessionWith } from '../fake-remote.js';
import { Questions } from './signatures.js';

const asking = (sizeBytes: number) =>
  ({ kind: 'chunks', basis: { content: { hash: '07'.repeat(16), sizeBytes }, partial: false } }) as const;

test('many questions are one stream, each gets its own answer, and only the first says whose they are', async (t) => {
  let streams = 0;
  const sessions: (string | null)[] = [];
  const session = await sessionWith(t, {
    openSession: opens(tree()),
    async *readSignatures(requests) {
      streams++;
      for await (const request of requests) {
        const wish = signatureWishFromWire(request);
        sessions.push(wish.session);
        const { sizeBytes } = wish.basis.content;
        if (sizeBytes % 3 === 0) yield signatureNewsToWire({ kind: 'missing', message: 'it is not here' });
        else {
          yield signatureNewsToWire({ kind: 'data', bytes: Buffer.alloc(sizeBytes, 1), last: false });
          yield signatureNewsToWire({ kind: 'data', bytes: Buffer.alloc(sizeBytes, 2), last: true });
        }
      }
    },
  });
  const questions = new Questions(session);
  const sizes = Array.from({ length: 50 }, (_, index) => index + 1);
  const answers = await Promise.all(sizes.map((sizeBytes) => questions.ask(asking(sizeBytes), 2 * sizeBytes)));
  for (const [index, answer] of answers.entries()) {
    const sizeBytes = sizes[index] as number;
    const expected = Buffer.concat([Buffer.alloc(sizeBytes, 1), Buffer.alloc(sizeBytes, 2)]);
    assert.deepEqual(answer, sizeBytes % 3 === 0 ? null : expected);
  }
  assert.equal((await questions.ask(asking(4), 8))?.length, 8);
  assert.equal(streams, 1);
  assert.deepEqual(sessions, [session.opened.session, ...Array.from({ length: 50 }, () => null)]);
  await questions.close();
});

test('an answer that is longer than it can be, and one to no question, end it for all', { timeout: 60_000 }, async (t) => {
  const session = await sessionWith(t, {
    openSession: opens(tree()),
    async *readSignatures(requests) {
      for await (const _ of requests) yield signatureNewsToWire({ kind: 'data', bytes: Buffer.alloc(9), last: true });
    },
  });
  const questions = new Questions(session);
  const answers = await Promise.allSettled([questions.ask(asking(1), 8), questions.ask(asking(2), 100)]);
  for (const answer of answers) assert.ok(answer.status === 'rejected' && answer.reason.kind === 'invalid');
  await assert.rejects(questions.ask(asking(3), 100), { kind: 'invalid' });
  assert.equal((questions.failure as { kind: string }).kind, 'invalid');
  await questions.close();
});

test('what is not answered when it is closed is not waited for', { timeout: 60_000 }, async (t) => {
  const session = await sessionWith(t, {
    openSession: opens(tree()),
    async *readSignatures(requests, { signal }) {
      for await (const _ of requests) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  });
  const questions = new Questions(session);
  const answer = questions.ask(asking(1), 8);
  await questions.close();
  await assert.rejects(answer, { kind: 'cancelled' });
  await new Questions(session).close();
});

test('a remote that is there and never answers is asked nothing more', { timeout: 60_000 }, async (t) => {
  let asked = 0;
  const session = await sessionWith(t, {
    openSession: opens(tree()),
    async *readSignatures(requests) {
      for await (const _ of requests)
        if (asked++ === 0) yield signatureNewsToWire({ kind: 'data', bytes: Buffer.alloc(8), last: true });
    },
  });
  const questions = new Questions(session, 50);
  assert.equal((await questions.ask(asking(1), 8))?.length, 8);
  assert.equal(questions.isSilent, false);
  assert.deepEqual(await Promise.all([questions.ask(asking(2), 8), questions.ask(asking(3), 8)]), [null, null]);
  assert.equal(questions.isSilent, true);
  assert.equal(await questions.ask(asking(4), 8), null);
  assert.equal(session.lost.aborted, false);
  await questions.close();
});
