import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { HashPool } from '../disk/hash-pool.js';
import { TreeRoot } from '../disk/tree-root.js';
import { Manifest } from '../manifest/manifest.js';
import { fromText } from '../model/bytes.js';
import { scanTree } from './scan.js';
import { TreeWatch } from './tree-watch.js';

/** A process of its own that scans the folder `tree` in its first argument under watch, each time that it gets a line. */
const home = process.argv[2] ?? '';
const watch = TreeWatch.open(() => {});
if (watch === null) throw new Error('native/watcher.c was not compiled');
const root = TreeRoot.open(fromText(join(home, 'tree')));
const manifest = Manifest.open(join(home, 'manifest.db'));
const hasher = new HashPool(1);
const signal = new AbortController().signal;
const common = { root, manifest, hasher, watch, signal, mode: 'origin', report: () => {}, filter: null } as const;
for await (const _ of createInterface({ input: process.stdin })) {
  const { lookedAt, changed } = await scanTree({ ...common, ignore: new Set() });
  console.log(JSON.stringify({ lookedAt, changed, isFull: watch.isFull, watches: watch.size }));
}
await hasher.close();
manifest.close();
watch.close();
