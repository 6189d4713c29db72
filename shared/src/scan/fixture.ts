import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { HashPool } from '../disk/hash-pool.js';
import { seenFromStats } from '../disk/seen.js';
import { TreeRoot } from '../disk/tree-root.js';
import { LIMBO_ID, Manifest } from '../manifest/manifest.js';
import { byteString, joinPath, type Name, ROOT_PATH, type TreePath, toBytes } from '../model/bytes.js';
import { hashBytes } from '../model/digest.js';
import type { TreeNode } from '../model/entry.js';
import type { ProgressEvent } from '../model/progress.js';
import { specialText } from '../model/special.js';
import { isRacy } from './granularity.js';
import { type DriftFound, type Elsewhere, type ScanFilter, type ScanMode, type ScanSummary, scanTree } from './scan.js';
import type { TreeWatch } from './tree-watch.js';

/** One entry as a comparison wants it: everything that is mirrored. */
export interface Plain {
  readonly kind: string;
  readonly mode: number;
  readonly owner: string;
  readonly mtimeUs: number;
  readonly is: string | null;
  /** Of the names that a file has in the tree, if there are several, the first in byte order. */
  readonly linkOf: string | null;
}

export interface ScanChanges {
  readonly mode?: ScanMode;
  readonly signal?: AbortSignal;
  readonly ignore?: readonly string[];
  readonly specials?: 'skip' | 'mirror';
  readonly filter?: ScanFilter;
  readonly confirm?: () => void;
  readonly report?: (event: ProgressEvent) => void;
  readonly readAll?: boolean;
  readonly onDrift?: (found: DriftFound) => void;
  readonly hardLinks?: boolean;
  readonly native?: boolean;
  readonly elsewhere?: Elsewhere;
  readonly watch?: TreeWatch;
  readonly everything?: boolean;
  /** Another one than the place's own. */
  readonly manifest?: Manifest;
}

/** A folder, a manifest of it, and the words that this room's tests are written in. Paths are byte strings. */
export class Place {
  readonly dir: string;
  readonly manifest: Manifest;
  readonly root: TreeRoot;
  readonly #hasher = new HashPool(2);
  #scans = 0;

  constructor(t: TestContext) {
    const home = mkdtempSync(join(tmpdir(), 'btsoot-scan-'));
    this.dir = join(home, 'tree');
    mkdirSync(this.dir);
    this.manifest = Manifest.open(join(home, 'manifest.db'));
    this.root = TreeRoot.open(this.dir);
    t.after(async () => {
      await this.#hasher.close();
      this.root.close();
      this.manifest.close();
      rmSync(home, { recursive: true, force: true });
    });
  }

  at(path: string): Buffer {
    return toBytes(path === '' ? this.dir : `${this.dir}/${path}`);
  }

  write(path: string, text: string): void {
    const slash = path.lastIndexOf('/');
    if (slash > 0) mkdirSync(this.at(path.slice(0, slash)), { recursive: true });
    writeFileSync(this.at(path), text);
  }

  /** Waits until what was written so far is too old to be racily clean, as a property of clock and file system. */
  async calm(): Promise<void> {
    const probe = join(this.dir, '..', 'probe');
    writeFileSync(probe, '');
    const seen = seenFromStats(lstatSync(probe, { bigint: true }), 0n);
    while (isRacy(seen, Date.now())) await sleep(5);
  }

  /** By turns with what lists off the main thread and without: each goes on where the other has stopped. */
  scan(changes: ScanChanges = {}): Promise<ScanSummary> {
    return scanTree({
      root: this.root,
      manifest: changes.manifest ?? this.manifest,
      hasher: this.#hasher,
      mode: changes.mode ?? 'origin',
      report: changes.report ?? (() => {}),
      signal: changes.signal ?? new AbortController().signal,
      ignore: new Set((changes.ignore ?? []) as Name[]),
      ...(changes.readAll === undefined ? {} : { readAll: changes.readAll }),
      ...(changes.onDrift === undefined ? {} : { onDrift: changes.onDrift }),
      hardLinks: changes.hardLinks ?? true,
      native: changes.native ?? this.#scans++ % 2 === 0,
      elsewhere: changes.elsewhere ?? null,
      specials: changes.specials ?? 'skip',
      filter: changes.filter ?? null,
      ...(changes.confirm === undefined ? {} : { confirm: changes.confirm }),
      ...(changes.watch === undefined ? {} : { watch: changes.watch }),
      ...(changes.everything === undefined ? {} : { everything: changes.everything }),
    });
  }

  /** Scans when the clock has moved on, and checks the outcome against the disk. */
  async scanCalmly(changes: ScanChanges = {}): Promise<ScanSummary> {
    await this.calm();
    const summary = await this.scan(changes);
    this.check();
    return summary;
  }

  /** A second scan of what has not changed: nothing is read, nothing comes of it. */
  async scanInVain(): Promise<ScanSummary> {
    const { hashedFiles, hashedBytes, knownFiles, changed, renamed, removed, problemCount, ...rest } = await this.scanCalmly();
    const done = { hashedFiles, hashedBytes, knownFiles, changed, renamed, removed, problemCount };
    assert.deepEqual(done, {
      hashedFiles: 0,
      hashedBytes: 0,
      knownFiles: 0,
      changed: 0,
      renamed: 0,
      removed: 0,
      problemCount: 0,
    });
    return { ...done, ...rest };
  }

  /** The manifest's tree is what a plain walk of the disk finds, all of it known, and nothing is left in LIMBO. */
  check(): void {
    const known = this.known();
    assert.deepEqual(Object.fromEntries(known), Object.fromEntries(walkPlainly(this.dir)));
    assert.deepEqual(this.manifest.rows(LIMBO_ID), []);
  }

  id(path: string): number {
    const row = this.manifest.lookup(path as TreePath);
    assert.ok(row, `no row for ${path}`);
    return row.id;
  }

  row(path: string): TreeNode | undefined {
    return this.manifest.lookup(path as TreePath);
  }

  known(): Map<string, Plain> {
    const found = new Map<string, Plain>();
    const names = new Map<string, string[]>();
    const visit = (path: TreePath, row: TreeNode): void => {
      found.set(path, plainOf(row));
      if (row.kind === 'file' && row.group !== null) names.set(row.group, [...(names.get(row.group) ?? []), path]);
      for (const child of this.manifest.rows(row.id)) visit(joinPath(path, child.name), child);
    };
    visit(ROOT_PATH, this.manifest.root());
    return withLinks(found, names);
  }

  group(path: string): string | null {
    const row = this.row(path);
    return row?.kind === 'file' ? row.group : assert.fail(`no file at ${path}`);
  }
}

/** A group with a single name shows, for it is none. */
function withLinks(found: Map<string, Plain>, names: ReadonlyMap<unknown, readonly string[]>): Map<string, Plain> {
  for (const paths of names.values()) {
    const first = [...paths].sort()[0] ?? null;
    for (const path of paths) found.set(path, { ...(found.get(path) as Plain), linkOf: first });
  }
  return found;
}

function plainOf(row: TreeNode): Plain {
  const { mode, uid, gid, mtimeUs } = row.meta;
  const common = { kind: row.kind, mode, owner: `${uid}:${gid}`, mtimeUs, linkOf: null };
  switch (row.kind) {
    case 'file':
      return { ...common, is: row.content === null ? null : `${row.content.hash} ${row.content.sizeBytes}` };
    case 'symlink':
      return { ...common, is: row.target };
    case 'special':
      return { ...common, is: specialText(row.special) };
    case 'directory':
      return { ...common, is: row.complete ? 'complete' : null };
  }
}

/** Shares no code with the scan but the hash function. */
export function walkPlainly(dir: string): Map<string, Plain> {
  const found = new Map<string, Plain>();
  const names = new Map<string, string[]>();
  const visit = (path: string): void => {
    const place = toBytes(path === '' ? dir : `${dir}/${path}`);
    const stat = lstatSync(place, { bigint: true });
    const mtimeUs = Number((stat.mtimeNs - (((stat.mtimeNs % 1000n) + 1000n) % 1000n)) / 1000n);
    const common = { mode: Number(stat.mode & 0o7777n), owner: `${stat.uid}:${stat.gid}`, mtimeUs, linkOf: null };
    if (stat.isDirectory()) {
      found.set(path, { kind: 'directory', ...common, is: 'complete' });
      for (const name of readdirSync(place, 'buffer')) visit(path === '' ? byteString(name) : `${path}/${byteString(name)}`);
    } else if (stat.isSymbolicLink()) {
      found.set(path, { kind: 'symlink', ...common, is: readlinkSync(place, 'latin1') });
    } else if (stat.isFile()) {
      found.set(path, { kind: 'file', ...common, is: `${hashBytes(readFileSync(place))} ${stat.size}` });
      names.set(`${stat.dev}:${stat.ino}`, [...(names.get(`${stat.dev}:${stat.ino}`) ?? []), path]);
    }
  };
  visit('');
  return withLinks(found, new Map([...names].filter(([, paths]) => paths.length > 1)));
}
