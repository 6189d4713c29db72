import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Applier } from '@btsoot/shared/apply/applier.js';
import { fromText, type TreePath } from '@btsoot/shared/model/bytes.js';
import { hashBytes } from '@btsoot/shared/model/digest.js';
import { type ApplyNews, applyOrderToWire } from '@btsoot/shared/wire/convert.js';
import type { ApplyRequest, ApplyRequest__Output } from '@btsoot/shared/wire/messages.js';
import { remotePackage } from '@btsoot/shared/wire/proto.js';
import { runApplyStream } from './apply-stream.js';
import { BlockStore } from './blocks.js';
import { failsAs, temporaryFolder } from './fixture.js';
import { layoutOf } from './layout.js';
import { ReplyQueue } from './reply-queue.js';

const folder = 'photos' as TreePath;
const meta = { mode: 0o644, uid: 0, gid: 0, mtimeUs: 1_700_000_000_000_000, xattrs: '' };
const { requestSerialize, requestDeserialize } = remotePackage().Remote.service.Apply;

/** As it comes out of the wire. */
const received = (request: ApplyRequest): ApplyRequest__Output => requestDeserialize(requestSerialize(request));

function openApplier(t: TestContext, replies: ReplyQueue<ApplyNews>): Applier {
  const store = new BlockStore(layoutOf(temporaryFolder(t)));
  t.after(() => store.close());
  store.create(folder);
  const { block } = store.hold(folder);
  const onCommitted = (committed: Parameters<ConstructorParameters<typeof Applier>[0]['onCommitted']>[0]): void =>
    replies.push({ kind: 'committed', ...committed });
  return new Applier({
    ...block,
    chown: false,
    hardLinks: true,
    reflinks: false,
    sourceName: 'nas',
    now: () => Date.now() * 1000,
    onCommitted,
  });
}

function onAbortFailed(error: unknown): void {
  throw error;
}

const historySize = () => ({ sessions: 1, oldestUs: 2, versions: 3, bytes: 4 });
test('a caller who leaves while an order is executed, with replies that nobody reads, ends the stream', async (t) => {
  const replies = new ReplyQueue<ApplyNews>(1);
  const applier = openApplier(t, replies);
  const leaving = new AbortController();
  const bytes = Buffer.from('whole');
  const put = {
    kind: 'put',
    path: fromText('a') as TreePath,
    meta,
    content: { hash: hashBytes(bytes), sizeBytes: 5 },
    replaces: null,
  } as const;
  const step = applier.step.bind(applier);
  // The order is the last thing that is executed for this caller, and fills the queue.
  applier.step = async (...order) => {
    await step(...order);
    await applier.flush();
    leaving.abort(new Error('gone'));
  };
  async function* requests() {
    yield received(applyOrderToWire({ kind: 'steps', steps: [{ step: put, inline: bytes, delivery: null }], packed: null }));
    await new Promise(() => undefined);
  }
  await runApplyStream({ requests: requests(), applier, historySize, replies, signal: leaving.signal, onAbortFailed });
  const read = replies[Symbol.asyncIterator]();
  assert.equal((await read.next()).value?.kind, 'committed');
  await assert.rejects(read.next(), /gone/);
});

test('an order that could not be decoded ends the stream as invalid', async (t) => {
  const replies = new ReplyQueue<ApplyNews>(1);
  const applier = openApplier(t, replies);
  async function* requests() {
    yield received({});
  }
  const never = new AbortController().signal;
  await runApplyStream({ requests: requests(), applier, historySize, replies, signal: never, onAbortFailed });
  await assert.rejects(replies[Symbol.asyncIterator]().next(), failsAs('invalid'));
});
