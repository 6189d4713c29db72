import { display } from '@btsoot/shared/model/bytes.js';
import { BtsootError, fromSystemError, peerFault } from '@btsoot/shared/model/errors.js';
import type { OwnerNames } from '@btsoot/shared/model/owners.js';
import { type ApplyNews, type ArrivedOrder, applyOrderFromWire } from '@btsoot/shared/wire/convert.js';
import type { ApplyRequest__Output } from '@btsoot/shared/wire/messages.js';
import type { CallContext } from '@btsoot/shared/wire/service.js';
import { runApplyStream } from './apply-stream.js';
import { makeApplier } from './block-applier.js';
import type { BlockHold } from './blocks.js';
import { rememberOwnerNames } from './owners.js';
import { type Remote, useSession } from './remote.js';
import { ReplyQueue } from './reply-queue.js';
import type { Session } from './session.js';
import { SignsOfLife } from './signs-of-life.js';
import { untilAborted } from './until-aborted.js';

const repliesWaitingMax = 16;

type Beginning = Extract<ArrivedOrder, { kind: 'begin' }>;
type Requests = AsyncGenerator<ApplyRequest__Output, void, undefined>;

/** Executes a stream of steps in the session that its first message names, and says what has become durable. */
export async function* applySteps(
  remote: Remote,
  incoming: AsyncIterable<ApplyRequest__Output>,
  context: CallContext,
): AsyncGenerator<ApplyNews, void, undefined> {
  const requests = untilAborted(incoming, context.signal);
  const { session: id, owners = null } = await readBeginning(requests);
  const session = useSession(remote, id, context);
  const replies = new ReplyQueue<ApplyNews>(repliesWaitingMax);
  const readerGone = new AbortController();
  const signal = AbortSignal.any([context.signal, session.signal, readerGone.signal]);
  const hold = remote.blocks.hold(session.folder);
  try {
    const done = executeSteps(remote, session, { hold, owners, requests, replies, signal });
    try {
      yield* replies;
    } finally {
      readerGone.abort(new BtsootError('cancelled', 'nobody reads the replies any more'));
      await done;
    }
  } finally {
    hold.release();
  }
}

interface Execution {
  readonly hold: BlockHold;
  readonly owners: OwnerNames | null;
  readonly requests: Requests;
  readonly replies: ReplyQueue<ApplyNews>;
  readonly signal: AbortSignal;
}

/** Goes on whether or not the replies are read, so that the end of the session never waits for a reader. Never rejects. */
async function executeSteps(
  remote: Remote,
  session: Session,
  { hold, owners, requests, replies, signal }: Execution,
): Promise<void> {
  let finished: (() => void) | null = null;
  const signsOfLife = new SignsOfLife(replies);
  try {
    finished = remote.sessions.startApply(session);
    rememberOwnerNames(hold.block.manifest, owners);
    const applier = await makeApplier(remote, hold.block, {
      sourceName: session.caller.name,
      onCommitted: (committed) => signsOfLife.committed(committed),
      signal,
    });
    await applier.recover();
    const historySize = () => hold.block.manifest.historySize();
    await runApplyStream({
      requests,
      applier,
      historySize,
      replies,
      signal,
      onAbortFailed: (error) => logAbort(remote, session, error),
    });
  } catch (error) {
    replies.fail(error);
  } finally {
    signsOfLife.end();
    finished?.();
  }
}

async function readBeginning(requests: Requests): Promise<Beginning> {
  const first = await requests.next();
  if (first.done !== true) {
    const order = applyOrderFromWire(first.value);
    if (order.kind === 'begin') return order;
  }
  throw peerFault('a stream of steps did not begin with its session');
}

function logAbort(remote: Remote, session: Session, error: unknown): void {
  const reason = fromSystemError(error, 'keeping what was whole').message;
  remote.log.warn('steps were cut off, and are made up for at the next session', { folder: display(session.folder), reason });
}
