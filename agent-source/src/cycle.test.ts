import assert from 'node:assert/strict';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { packChunks } from '@btsoot/shared/delta/chunk-list.js';
import { cut } from '@btsoot/shared/delta/testing.js';
import { fileSystemIdentity } from '@btsoot/shared/disk/file-system.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import type { Delivery } from '@btsoot/shared/model/delivery.js';
import { stateDigest } from '@btsoot/shared/model/digest.js';
import { type MemoryTree, tree } from '@btsoot/shared/model/memory-tree.js';
import { file, textContent } from '@btsoot/shared/model/sketch.js';
import { applyNewsToWire, applyOrderFromWire, signatureNewsToWire, signatureWishFromWire } from '@btsoot/shared/wire/convert.js';
import type { RemoteHandlers } from '@btsoot/shared/wire/server.js';
import { serve } from '@btsoot/shared/wire/testing/serving.js';
import { Acceptance } from './acceptance.js';
import { syncBlock } from './cycle.js';
import { lists, openingOf, opens, pagesOf } from './fake-remote.js';
import { block, contextOf, temporaryPaths } from './fixtures.js';

test('a session that is lost while the source is scanned ends the scan, and is what is told', { timeout: 60_000 }, async (t) => {
  const paths = temporaryPaths();
  const directory = path.join(path.dirname(paths.stateDirectory), 'photos');
  mkdirSync(directory);
  // A hole that takes far longer to read than this test may take.
  writeFileSync(path.join(directory, 'large'), '');
  truncateSync(path.join(directory, 'large'), 4e12);
  const source = fromText(directory);
  const photos = { ...block('photos'), source, sourceIdentity: fileSystemIdentity(source) };
  const { connect } = await serve(t, {
    async *openSession() {
      yield openingOf(tree());
    },
  });
  const context = { ...contextOf(paths, photos), connect: async () => ({ client: connect(), close: async () => {} }) };
  const options = {
    dryRun: false,
    acceptance: new Acceptance(null),
    drift: null,
    watch: null,
    looksAt: 'everything' as const,
    signal: new AbortController().signal,
    report: () => {},
  };
  await assert.rejects(syncBlock(context, photos, options), { kind: 'unreachable', message: 'the remote ended the session' });
});

const history = { sessions: 1, oldestUs: 2, versions: 3, bytes: 4 };

/** Takes every step and says of each that its bytes came to something else. */
function distrustful(remote: MemoryTree, deliveries: (Delivery | null)[]): RemoteHandlers['apply'] {
  return async function* (requests) {
    let steps = 0;
    for await (const request of requests) {
      const order = applyOrderFromWire(request);
      if (order.kind !== 'steps') continue;
      steps += order.steps.length;
      deliveries.push(...order.steps.flatMap(({ step, delivery }) => (step.kind === 'put' ? [delivery] : [])));
    }
    const failures = Array.from({ length: steps }, (_, step) => ({
      step,
      outcome: { kind: 'mismatch', message: 'other bytes' } as const,
    }));
    yield applyNewsToWire({ kind: 'committed', steps, failures });
    const counts = { sessionNumber: 1, unheldXattrs: 0, history };
    yield applyNewsToWire({ kind: 'finished', stateDigest: stateDigest(remote.root()), ...counts });
  };
}

test('a file whose delta came to something else is sent whole in the same sync', { timeout: 60_000 }, async (t) => {
  const paths = temporaryPaths();
  const directory = path.join(path.dirname(paths.stateDirectory), 'photos');
  mkdirSync(directory);
  const text = Array.from({ length: 60_000 }, (_, line) => `line ${line}`).join(' ');
  writeFileSync(path.join(directory, 'large'), `${text} and more`);
  const source = fromText(directory);
  const photos = { ...block('photos'), source, sourceIdentity: fileSystemIdentity(source) };
  const remote = tree(file('large', text));
  const deliveries: (Delivery | null)[] = [];
  const { connect } = await serve(t, {
    openSession: opens(remote),
    listChildren: lists((id) => pagesOf(id, remote.children(id))),
    async *readSignatures(requests) {
      for await (const request of requests) {
        assert.equal(signatureWishFromWire(request).kind, 'chunks', 'an append asks nothing else');
        const bytes = packChunks(cut(Buffer.from(text), 16_384));
        yield signatureNewsToWire({ kind: 'data', bytes, last: true });
      }
    },
    apply: distrustful(remote, deliveries),
  });
  const context = { ...contextOf(paths, photos), connect: async () => ({ client: connect(), close: async () => {} }) };
  const options = {
    dryRun: false,
    acceptance: new Acceptance(null),
    drift: null,
    watch: null,
    looksAt: 'everything' as const,
    signal: new AbortController().signal,
    report: () => {},
  };
  const result = await syncBlock(context, photos, options);
  assert.deepEqual(
    deliveries.map((delivery) => delivery?.bases.map(({ content }) => content)),
    [[textContent(text)], []],
  );
  assert.equal(result.kind, 'partial');
  assert.ok(result.problems.some(({ path: of }) => of === 'large'));
});
