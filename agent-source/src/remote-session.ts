import type { TreePath } from '@btsoot/shared/model/bytes.js';
import type { DriftPolicy } from '@btsoot/shared/model/drift.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import type { Report } from '@btsoot/shared/model/progress.js';
import type { RemoteClient } from '@btsoot/shared/wire/client.js';
import { openSessionToWire, type SessionNews, sessionNewsFromWire } from '@btsoot/shared/wire/convert.js';

type Opened = Extract<SessionNews, { kind: 'opened' }>;
type SessionEvents = ReturnType<RemoteClient['openSession']>;

/** A session that the remote has opened for this source: its state when it began, and the lease while it is not closed. */
export interface RemoteSession {
  readonly client: RemoteClient;
  readonly opened: Opened;
  /** Aborts when the remote has ended the session, or the connection was cut. */
  readonly lost: AbortSignal;
  close(): Promise<void>;
}

export interface SessionRequest {
  readonly folder: TreePath;
  readonly drift: DriftPolicy;
  readonly signal: AbortSignal;
  readonly report: Report;
}

/**
 * Takes the block's lease on the remote and waits until the remote has checked its tree.
 * @throws BtsootError of kind `busy` where another session holds the block, `unreachable`, `denied`, `version`.
 */
export async function openRemoteSession(client: RemoteClient, request: SessionRequest): Promise<RemoteSession> {
  const ending = new AbortController();
  const lost = new AbortController();
  const events = client.openSession(openSessionToWire(request), AbortSignal.any([request.signal, ending.signal]));
  let opened: Opened;
  try {
    opened = await firstOpened(events, request.report);
  } catch (error) {
    await events.return();
    throw error;
  }
  const watching = watchForEnd(events, ending.signal, lost);
  return {
    client,
    opened,
    lost: lost.signal,
    async close() {
      ending.abort();
      await watching;
    },
  };
}

async function firstOpened(events: SessionEvents, report: Report): Promise<Opened> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) throw new BtsootError('unreachable', 'the remote ended the session before it had begun');
    const news = sessionNewsFromWire(next.value);
    if (news.kind === 'opened') return news;
    report({ kind: 'checked', entries: news.entries, readBytes: news.readBytes });
  }
}

/** Nothing comes on the stream while the session lives; its end is what is waited for. */
async function watchForEnd(events: SessionEvents, ending: AbortSignal, lost: AbortController): Promise<void> {
  try {
    for (let next = await events.next(); next.done !== true; ) next = await events.next();
    if (!ending.aborted) lost.abort(new BtsootError('unreachable', 'the remote ended the session'));
  } catch (error) {
    if (!ending.aborted) lost.abort(error);
  }
}
