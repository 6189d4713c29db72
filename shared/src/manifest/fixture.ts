import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fromText, type Name, type TreePath } from '../model/bytes.js';
import { hashBytes } from '../model/digest.js';
import type { Content, Metadata } from '../model/entry.js';
import type { Seen } from '../model/seen.js';
import { Manifest, type NewEntry } from './manifest.js';

/** The words this room's tests are written in. */

export const name = (text: string): Name => fromText(text) as Name;
export const path = (text: string): TreePath => fromText(text) as TreePath;

export const meta = (mtimeUs = 0, mode = 0o644): Metadata => ({ mode, uid: 1000, gid: 1000, mtimeUs, xattrs: '' });

export function contentOf(text: string): Content {
  return { hash: hashBytes(Buffer.from(text)), sizeBytes: text.length };
}

export const file = (text: string | null = '', mtimeUs = 0): NewEntry => ({
  kind: 'file',
  meta: meta(mtimeUs),
  content: text === null ? null : contentOf(text),
});

export const directory = (complete = true): NewEntry => ({ kind: 'directory', meta: meta(0, 0o755), complete });

export const symlink = (target: string): NewEntry => ({ kind: 'symlink', meta: meta(0, 0o777), target });

export const special = (minor: number): NewEntry => ({
  kind: 'special',
  meta: meta(),
  special: { type: 'character', major: 1, minor },
});

export const seenOf = (ino: bigint, changes: Partial<Seen> = {}): Seen => ({
  dev: 0n,
  ino,
  sizeBytes: 5n,
  mtimeNs: 1_700_000_000_123_456_789n,
  ctimeNs: 1_700_000_000_123_456_790n,
  btimeNs: 0n,
  mode: 0o100644,
  uid: 1000,
  gid: 1000,
  nlink: 1,
  ...changes,
});

/** A path for a manifest in a folder that goes away with the test. */
export function manifestFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'btsoot-manifest-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'manifest.db');
}

export function freshManifest(t: TestContext): Manifest {
  const manifest = Manifest.open(manifestFile(t));
  t.after(() => manifest.close());
  return manifest;
}

/** As retention does it, but for the files. Returns what has gone from below HISTORY. */
export function letGo(manifest: Manifest, through: number, mostRows = 3): Name[] {
  manifest.expiry.begin(through);
  const slots = manifest.expiry.slots(manifest.expiry.expiredThrough(), null, 1_000);
  for (const slot of slots) while (!manifest.expiry.discard(slot, mostRows));
  while (manifest.expiry.dropVersions());
  return slots.map((slot) => slot.name);
}

export const kindIs = (kind: string) => (error: unknown) => error instanceof Error && 'kind' in error && error.kind === kind;
