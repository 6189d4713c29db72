import assert from 'node:assert/strict';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileSystemIdentity } from '@btsoot/shared/disk/file-system.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { tree } from '@btsoot/shared/model/memory-tree.js';
import { serve } from '@btsoot/shared/wire/testing/serving.js';
import { syncBlock } from './cycle.js';
import { openingOf } from './fake-remote.js';
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
  const options = { dryRun: false, acceptPlan: null, signal: new AbortController().signal, report: () => {} };
  await assert.rejects(syncBlock(context, photos, options), { kind: 'unreachable', message: 'the remote ended the session' });
});
