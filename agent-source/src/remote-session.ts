import type { TreePath } from '@btsoot/shared/model/bytes.js';
import type { DriftPolicy } from '@btsoot/shared/model/drift.js';
import { BtsootError, cutOff, peerFault } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Report } from '@btsoot/shared/model/progress.js';
import type { RemoteClient } from '@btsoot/shared/wire/client.js';
import { openSessionToWire, type SessionNews, sessionNewsFromWire } from '@btsoot/shared/wire/convert.js';
import { heard } from './unless-silent.js';

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
  /** How long the remote's check may stand still. */
  readonly standstillMaxMs?: number;
}

/**
 * Takes the block's lease on the remote and waits until the remote has checked its tree.
 * @throws BtsootError of kind `busy` where another session holds the block, `unreachable`, `denied`, `version`.
 */
export async function openRemoteSession(client: RemoteClient, request: SessionRequest): Promise<RemoteSession> {
  const ending = new AbortController();
  const lost = new AbortController();
  const silence = new AbortController();
  const signal = AbortSignal.any([request.signal, ending.signal, silence.signal]);
  const events = client.openSession(openSessionToWire(request), signal);
  let opened: Opened;
  try {
    opened = await firstOpened(events, request, silence);
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

/** A sign of life comes every second or so. Afterwards the stream may be silent for as long as the session lasts. */
async function firstOpened(events: SessionEvents, request: SessionRequest, silence: AbortController): Promise<Opened> {
  const { report, standstillMaxMs = limits.checkStandstillMaxMs } = request;
  let entries = -1;
  let readBytes = -1;
  let grewMs = performance.now();
  for (;;) {
    const next = await heard(events.next(), silence, { doing: 'opens the session' });
    if (next.done === true) throw cutOff('the remote ended the session before it had begun');
    const news = sessionNewsFromWire(next.value);
    if (news.kind === 'opened') return news;
    if (news.entries > limits.listedEntriesMax) throw peerFault(`the remote counts ${news.entries} entries`);
    const nowMs = performance.now();
    if (news.entries !== entries || news.readBytes !== readBytes) grewMs = nowMs;
    entries = news.entries;
    readBytes = news.readBytes;
    if (nowMs - grewMs > standstillMaxMs) throw standstill(entries, standstillMaxMs);
    report({ kind: 'checked', entries, readBytes });
  }
}

function standstill(entries: number, standstillMaxMs: number): BtsootError {
  const minutes = Math.round(standstillMaxMs / 60_000);
  return new BtsootError(
    'unreachable',
    `the remote's check of its tree has stood still at ${entries} entries for ${minutes} min`,
    {
      hint: 'Is its disk failing? The log of `btsoot-remote serve` and `dmesg` there may tell.',
    },
  );
}

/** Nothing comes on the stream while the session lives; its end is what is waited for. */
async function watchForEnd(events: SessionEvents, ending: AbortSignal, lost: AbortController): Promise<void> {
  try {
    for (let next = await events.next(); next.done !== true; ) next = await events.next();
    if (!ending.aborted) lost.abort(cutOff('the remote ended the session'));
  } catch (error) {
    if (!ending.aborted) lost.abort(error);
  }
}
