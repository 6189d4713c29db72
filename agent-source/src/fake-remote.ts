/** What several tests talk to: a remote made of a tree in memory, on the other end of a real connection. */
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { stateDigest } from '@btsoot/shared/model/digest.js';
import type { TreeNode } from '@btsoot/shared/model/entry.js';
import { SILENT } from '@btsoot/shared/model/progress.js';
import type { Tree } from '@btsoot/shared/model/tree.js';
import { type Children, childrenQuestionFromWire, childrenToWire, sessionNewsToWire } from '@btsoot/shared/wire/convert.js';
import type { RemoteHandlers } from '@btsoot/shared/wire/server.js';
import { serve } from '@btsoot/shared/wire/testing/serving.js';
import { openRemoteSession, type RemoteSession } from './remote-session.js';

const PAGE_CHILDREN = 2;

/** What the session's opening says of a tree. */
export function openingOf(tree: Tree, state = stateDigest(tree.root()), hasHistory = false) {
  return sessionNewsToWire({
    kind: 'opened',
    session: '01'.repeat(16),
    manifestId: '00000000-0000-4000-8000-000000000001',
    stateDigest: state,
    root: tree.root(),
    freeBytes: 1e12,
    reflinks: false,
    drifted: 0,
    lastSession: 1,
    partials: [],
    fileSizeMaxBytes: null,
    hasHistory,
    drift: [],
    damaged: 0,
  });
}

/** Opens the tree's session, and keeps it open until the source leaves. */
export function opens(tree: Tree, state?: string): RemoteHandlers['openSession'] {
  return async function* (_, { signal }) {
    yield openingOf(tree, state);
    if (!signal.aborted) await once(signal, 'abort');
  };
}

/** Lists directories as `pagesOf` says; notes which were asked for. */
export function lists(pagesOf: (id: number) => Iterable<Children>, asked: number[] = []): RemoteHandlers['listChildren'] {
  return async function* (requests) {
    for await (const request of requests) {
      for (const id of childrenQuestionFromWire(request).directoryIds) {
        asked.push(id);
        for (const page of pagesOf(id)) yield childrenToWire(page);
      }
    }
  };
}

/** An honest listing, two children to a page. */
export function* pagesOf(directoryId: number, children: readonly TreeNode[]): Generator<Children> {
  for (let at = 0; at === 0 || at < children.length; at += PAGE_CHILDREN) {
    const last = at + PAGE_CHILDREN >= children.length;
    yield { directoryId, children: children.slice(at, at + PAGE_CHILDREN), last };
  }
}

/** A session with a remote that has these handlers, over loopback, until the test ends. */
export async function sessionWith(t: TestContext, handlers: Partial<RemoteHandlers>): Promise<RemoteSession> {
  const { connect } = await serve(t, handlers);
  const signal = new AbortController().signal;
  const request = { folder: 'photos' as TreePath, drift: 'quick', signal, report: SILENT } as const;
  const session = await openRemoteSession(connect(), request);
  t.after(() => session.close());
  return session;
}
