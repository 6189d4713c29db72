import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Applier, type Committed } from '@btsoot/shared/apply/applier.js';
import { type Area, openArea } from '@btsoot/shared/apply/area.js';
import { openContent } from '@btsoot/shared/apply/content-reader.js';
import { HashPool } from '@btsoot/shared/disk/hash-pool.js';
import { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { fromText, toBytes } from '@btsoot/shared/model/bytes.js';
import { stateDigest } from '@btsoot/shared/model/digest.js';
import { type Content, contentKey } from '@btsoot/shared/model/entry.js';
import { MemoryTree, walk } from '@btsoot/shared/model/memory-tree.js';
import { type Sketch, textContent } from '@btsoot/shared/model/sketch.js';
import { NO_IDENTITY } from '@btsoot/shared/model/tree.js';
import { makePlan } from '@btsoot/shared/reconcile/plan.js';
import { anyEdits, anyTree, edited, TEXTS } from '@btsoot/shared/reconcile/testing-arbitraries.js';
import { type ScanSummary, scanTree } from '@btsoot/shared/scan/scan.js';
import fc from 'fast-check';
import { temporaryDirectory } from './fixtures.js';

const bytesOf = new Map(TEXTS.map((text) => [contentKey(textContent(text)), Buffer.from(text)]));

test('a mirror follows a tree with hard links through any change, a check finds nothing to mend, and old versions are held', async (t) => {
  const hasher = new HashPool(1);
  t.after(() => hasher.close());
  const home = temporaryDirectory();
  await fc.assert(
    fc.asyncProperty(anyTree.map(possible), anyEdits, anyEdits, async (root, edits, more) => {
      const mirror = new Mirror(t, home);
      // As the first session does: from then on, attributes are read where something has changed.
      await mirror.scan(hasher);
      const [first, second] = [new MemoryTree(root), edited(root, edits)];
      for (const origin of [first, second, edited(root, [...edits, ...more])]) {
        await mirror.becomes(origin);
        mirror.checkLinks(origin);
        await mirror.check(hasher);
      }
      for (const origin of [first, second]) mirror.holdsAll(origin);
      mirror.close();
    }),
    { numRuns: 15, seed: 1 },
  );
});

/** No disk has a symlink to nowhere at all. */
function possible(sketch: Sketch): Sketch {
  if (sketch.kind === 'symlink') return { ...sketch, target: sketch.target === '' ? '.' : sketch.target };
  return sketch.kind === 'directory' ? { ...sketch, children: sketch.children.map(possible) } : sketch;
}

class Mirror {
  readonly #dir: string;
  readonly #tree: TreeRoot;
  readonly #area: Area;
  readonly #manifest: Manifest;

  constructor(t: TestContext, folder: string) {
    const home = mkdtempSync(join(folder, 'mirror-'));
    t.after(() => rmSync(home, { recursive: true, force: true }));
    this.#dir = join(home, 'tree');
    mkdirSync(this.#dir);
    this.#tree = TreeRoot.open(fromText(this.#dir));
    this.#area = openArea(fromText(join(home, 'area')));
    this.#manifest = Manifest.open(join(home, 'manifest.db'));
  }

  /** Plans as a sync does, knowing nothing of who was who, and arrives at the same digest. */
  async becomes(origin: MemoryTree): Promise<void> {
    const failures: unknown[] = [];
    const onCommitted = (committed: Committed) => failures.push(...committed.failures);
    const places = { tree: this.#tree, manifest: this.#manifest, area: this.#area };
    const abilities = { chown: false, hardLinks: true, reflinks: false };
    const applier = new Applier({ ...places, ...abilities, sourceName: 'nas', now: () => Date.now() * 1000, onCommitted });
    this.#manifest.settle();
    for (const { step, targetId } of makePlan(origin, this.#manifest, NO_IDENTITY).steps) {
      const inline = step.kind === 'put' ? (bytesOf.get(contentKey(step.content)) ?? null) : null;
      await applier.step(step, inline, null, targetId);
    }
    const { stateDigest: arrived } = await applier.finish();
    assert.deepEqual(failures, []);
    assert.equal(arrived, stateDigest(origin.root()));
  }

  checkLinks(origin: MemoryTree): void {
    const groups = new Map<number, string | null>();
    for (const { path, node } of walk(origin)) {
      if (node.kind !== 'file') continue;
      const { ino } = lstatSync(toBytes(`${this.#dir}/${path}`));
      if (groups.has(ino)) assert.ok(node.group !== null && groups.get(ino) === node.group, `${path} is linked`);
      groups.set(ino, node.group);
    }
    const named = [...groups.values()].filter((group) => group !== null);
    assert.equal(new Set(named).size, named.length, 'each group is one file');
  }

  scan(hasher: HashPool): Promise<ScanSummary> {
    return scanTree({
      root: this.#tree,
      manifest: this.#manifest,
      hasher,
      mode: 'mirror',
      report: () => undefined,
      signal: new AbortController().signal,
      ignore: new Set(),
      filter: null,
      specials: 'mirror',
    });
  }

  async check(hasher: HashPool): Promise<void> {
    const { changed, hashedFiles } = await this.scan(hasher);
    assert.deepEqual({ changed, hashedFiles }, { changed: 0, hashedFiles: 0 });
  }

  holdsAll(origin: MemoryTree): void {
    for (const { node } of walk(origin)) if (node.kind === 'file' && node.content !== null) this.#read(node.content);
  }

  #read(content: Content): void {
    const opened = openContent({ tree: this.#tree, area: this.#area, manifest: this.#manifest }, content);
    const into = Buffer.alloc(content.sizeBytes);
    opened.read(into, 0);
    opened.close();
    assert.deepEqual(into, bytesOf.get(contentKey(content)));
  }

  close(): void {
    this.#manifest.close();
    this.#area.close();
    this.#tree.close();
  }
}
