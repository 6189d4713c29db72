import assert from 'node:assert/strict';
import { availableParallelism, tmpdir } from 'node:os';
import { test } from 'node:test';
import { isOnRotatingDisk } from '@btsoot/shared/disk/rotating.js';
import { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { hashPoolFor } from './hash-readers.js';

test('as many files are read at a time as the settings say, else one from a disk that turns', (t) => {
  const root = TreeRoot.open(fromText(tmpdir()));
  t.after(() => root.close());
  assert.equal(hashPoolFor(root, 1).readers, 1);
  assert.equal(hashPoolFor(root, limits.hashWorkersMax).readers, limits.hashWorkersMax);
  const most = Math.min(availableParallelism(), limits.hashWorkersMax);
  assert.equal(hashPoolFor(root, null).readers, isOnRotatingDisk(root.path) ? 1 : most);
});
