import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { TreeRoot } from '../disk/tree-root.js';
import { Manifest } from '../manifest/manifest.js';
import { fromText, type TreePath } from '../model/bytes.js';
import type { Content, Metadata } from '../model/entry.js';
import { inTree, type Outcome, type Step } from '../model/step.js';
import { hashBytes } from '../model/xxh3.js';
import { Applier, type ApplierOptions, type Committed, type Finished } from './applier.js';
import { type Area, openArea } from './area.js';

export const META: Metadata = {
  mode: 0o644,
  uid: process.geteuid?.() ?? 0,
  gid: process.getegid?.() ?? 0,
  mtimeUs: 1_700_000_000_123_456,
  xattrs: '',
};
export const DIR_META: Metadata = { ...META, mode: 0o755 };

export interface Bench {
  readonly home: string;
  readonly tree: string;
  readonly area: Area;
  readonly manifest: Manifest;
  readonly committed: Committed[];
  readonly outcomes: Map<number, Outcome>;
  applier(
    manifest?: Manifest,
    sourceName?: string | null,
    signal?: AbortSignal,
    abilities?: Partial<Pick<ApplierOptions, 'hardLinks'>>,
  ): Applier;
  disk(path: string): string;
}

export function bench(t: TestContext): Bench {
  const home = mkdtempSync(join(tmpdir(), 'btsoot-apply-'));
  const tree = join(home, 'tree');
  mkdirSync(tree);
  const root = TreeRoot.open(fromText(tree));
  const area = openArea(fromText(join(home, 'area')));
  const manifest = Manifest.open(join(home, 'manifest.db'));
  const committed: Committed[] = [];
  const outcomes = new Map<number, Outcome>();
  t.after(() => {
    manifest.close();
    area.close();
    root.close();
    rmSync(home, { recursive: true, force: true });
  });
  const onCommitted = (one: Committed) => {
    committed.push(one);
    for (const { step, outcome } of one.failures) outcomes.set(step, outcome);
  };
  let clock = 1_800_000_000_000_000;
  return {
    home,
    tree,
    area,
    manifest,
    committed,
    outcomes,
    applier: (other = manifest, sourceName = 'nas', signal = undefined, abilities = {}) =>
      new Applier({
        tree: root,
        manifest: other,
        area,
        chown: false,
        hardLinks: true,
        reflinks: false,
        ...abilities,
        sourceName,
        now: () => ++clock,
        onCommitted,
        ...(signal && { signal }),
      }),
    disk: (path) => readFileSync(join(tree, path), 'utf8'),
  };
}

export const path = (text: string) => fromText(text) as TreePath;
export const contentOf = (text: string): Content => ({ hash: hashBytes(Buffer.from(text)), sizeBytes: Buffer.byteLength(text) });

export type Line = readonly [Step, Buffer | null];
export const put = (at: string, text: string, old?: string): Line => [
  {
    kind: 'put',
    path: path(at),
    meta: META,
    content: contentOf(text),
    replaces: old === undefined ? null : { kind: 'file', content: contentOf(old) },
  },
  Buffer.from(text),
];
export const copy = (at: string, text: string): Line => [
  { kind: 'copy', path: path(at), meta: META, content: contentOf(text), replaces: null },
  null,
];
export const folder = (at: string): Line => [{ kind: 'make-directory', path: path(at), meta: DIR_META }, null];
export const link = (at: string, target: string): Line => [
  { kind: 'link', path: path(at), meta: META, target, replaces: null },
  null,
];
export const moveFolder = (from: string, to: string): Line => [
  { kind: 'move', from: inTree(path(from)), to: inTree(path(to)), expect: { kind: 'directory', content: null } },
  null,
];
export const removeFile = (at: string, text: string): Line => [
  { kind: 'remove', at: inTree(path(at)), expect: { kind: 'file', content: contentOf(text) } },
  null,
];

export async function run(applier: Applier, lines: readonly Line[]): Promise<Finished> {
  for (const [step, inline] of lines) await applier.step(step, inline);
  return applier.finish();
}
