import { display, type TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError, fromSystemError } from '@btsoot/shared/model/errors.js';
import type { OpenSession, SessionNews } from '@btsoot/shared/wire/convert.js';
import type { CallContext } from '@btsoot/shared/wire/service.js';
import { makeApplier } from './block-applier.js';
import type { OpenBlock } from './blocks.js';
import type { Caller } from './caller.js';
import { distrust } from './check-tree.js';
import { noteClock } from './clock.js';
import { judgementOf, reclaimable } from './judgement.js';
import { openBlockSession } from './opening.js';
import { denialOf, nowUs, type Remote } from './remote.js';
import { enforceRetention } from './retention.js';
import type { Session } from './session.js';
import { whenAborted } from './until-aborted.js';

export interface SessionCall {
  readonly caller: Caller;
  readonly folder: TreePath;
  readonly drift: OpenSession['drift'];
  readonly context: CallContext;
}

const rightsIntervalMs = 1_000;

/**
 * Takes a block's writer lease, opens a session on it, and keeps both until the caller goes, loses its right, or the
 * remote stops. The lease is free again when the last step in hand is done.
 */
export async function* holdSession(remote: Remote, call: SessionCall): AsyncGenerator<SessionNews, void, undefined> {
  const { caller, folder, context } = call;
  const session = remote.sessions.begin(caller, folder, new Date());
  const watch = setInterval(() => endIfDenied(remote, session, context), rightsIntervalMs).unref();
  try {
    yield* openAndWait(remote, session, call);
  } finally {
    clearInterval(watch);
    await endSession(remote, session);
    remote.sessions.remove(session);
  }
}

async function* openAndWait(remote: Remote, session: Session, call: SessionCall): AsyncGenerator<SessionNews, void, undefined> {
  const { caller, folder, drift } = call;
  const hold = remote.blocks.hold(folder);
  const signal = AbortSignal.any([call.context.signal, session.signal]);
  try {
    const { hardLinks, reflinks } = remote;
    const prepare = () => prepareBlock(remote, hold.block, session, signal);
    const reclaimableBytes = () => reclaimable(remote, hold.block);
    const opening = { block: hold.block, session, drift, hardLinks, reflinks, prepare, reclaimableBytes, signal };
    for await (const news of openBlockSession(opening)) {
      if (news.kind === 'opened') {
        remote.sessions.opened(session);
        remote.log.info('session opened', { folder: display(folder), source: caller.name, drifted: news.drifted });
      }
      yield news;
    }
    await whenAborted(signal);
    session.signal.throwIfAborted();
  } finally {
    await endSession(remote, session);
    await expireHistory(remote, hold.block, remote.stopping);
    noteTime(remote, hold.block);
    hold.release();
  }
}

async function prepareBlock(remote: Remote, block: OpenBlock, session: Session, signal: AbortSignal): Promise<void> {
  const applier = await makeApplier(remote, block, { sourceName: session.caller.name, onCommitted: () => undefined, signal });
  if (applier.recover()) distrust(block);
  await expireHistory(remote, block, signal);
}

async function endSession(remote: Remote, session: Session): Promise<void> {
  if (!session.signal.aborted) remote.log.info('session ended', { folder: display(session.folder), source: session.caller.name });
  remote.sessions.end(session, new BtsootError('not-found', 'the session has ended', { hint: 'Run the command again.' }));
  await remote.sessions.settled(session);
}

function endIfDenied(remote: Remote, session: Session, context: CallContext): void {
  const denial = denialOf(remote, session.folder, context);
  if (denial === null) return;
  remote.log.warn('session ended: its source was revoked', { folder: display(session.folder), source: session.caller.name });
  remote.sessions.end(session, denial);
}

/** Old history that cannot be let go now is let go another time: no reason to refuse a sync. */
async function expireHistory(remote: Remote, block: OpenBlock, signal: AbortSignal): Promise<void> {
  const folder = display(block.folder);
  try {
    const { removed, freedBytes, failed } = await enforceRetention(block, judgementOf(remote, block, signal));
    if (removed > 0) remote.log.info('old history removed', { folder, versions: removed, freedBytes });
    for (const error of failed.values()) warnOfHistory(remote, folder, error);
  } catch (error) {
    if (!signal.aborted) warnOfHistory(remote, folder, error);
  }
}

function noteTime(remote: Remote, block: OpenBlock): void {
  try {
    noteClock(block, nowUs());
  } catch (error) {
    warnOfHistory(remote, display(block.folder), error);
  }
}

function warnOfHistory(remote: Remote, folder: string, error: unknown): void {
  remote.log.warn('old history could not be removed', { folder, reason: fromSystemError(error, 'removing old history').message });
}
