import { execFileSync } from 'node:child_process';
import { closeSync, lstatSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { seenFromStats } from '@btsoot/shared/disk/seen.js';
import { HISTORY_ID, Manifest } from '@btsoot/shared/manifest/manifest.js';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import type { World } from './world.js';

/** Turns one byte of a file over. Its times say so. */
export function flipByte(path: string, position: number): void {
  const descriptor = openSync(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    readSync(descriptor, byte, 0, 1, position);
    byte.writeUInt8(byte.readUInt8(0) ^ 0x10, 0);
    writeSync(descriptor, byte, 0, 1, position);
  } finally {
    closeSync(descriptor);
  }
}

/** As `flipByte`, and sets the modification time back, to the nanosecond. The change time tells. */
export function flipByteSecretly(path: string, position: number): void {
  const { mtimeNs } = lstatSync(path, { bigint: true });
  flipByte(path, position);
  const seconds = mtimeNs / 1_000_000_000n;
  const rest = String(mtimeNs % 1_000_000_000n).padStart(9, '0');
  execFileSync('touch', ['-m', '-d', `@${seconds}.${rest}`, path]);
}

/** Where one side's manifest, and the tree that it is of, lie. */
export interface Ground {
  readonly manifest: string;
  readonly tree: string;
}

export const mirrorOf = (world: World): Ground => ({ manifest: blockFile(world, 'manifest.db'), tree: world.mirror });
export const sourceOf = (world: World): Ground => ({
  manifest: join(world.source.home, 'state', 'blocks', 'photos', 'source.db'),
  tree: world.tree,
});

/** A path in the block's private folder on the remote. */
export function blockFile(world: World, ...names: readonly string[]): string {
  return join(world.remote.root, '.btsoot', 'blocks', 'photos', ...names);
}

/**
 * Turns one byte of a file over as a failing disk does: what `lstat` says is what the manifest has seen. Nobody may have
 * the manifest open. A real disk is rotted in rotten-disk.ts.
 */
export function rot({ manifest, tree }: Ground, path: string, position = 0): void {
  flipByteSecretly(join(tree, path), position);
  withManifest(manifest, (open) => sight(open, open.lookup(path as TreePath)?.id, join(tree, path), tree));
}

/** As `rot`, of a file in the remote's history, by its name there. */
export function rotHistory(world: World, name: string, position = 0): void {
  const file = blockFile(world, 'history', name);
  flipByteSecretly(file, position);
  withManifest(mirrorOf(world).manifest, (open) =>
    sight(open, open.lookupIn(HISTORY_ID, name as TreePath)?.id, file, world.mirror),
  );
}

export function withManifest<T>(file: string, work: (manifest: Manifest) => T): T {
  const manifest = Manifest.open(file);
  try {
    return work(manifest);
  } finally {
    manifest.close();
  }
}

function sight(manifest: Manifest, id: number | undefined, file: string, tree: string): void {
  if (id === undefined) throw new Error(`the manifest has no row for ${file}`);
  const { dev } = lstatSync(tree, { bigint: true });
  manifest.setSeen(id, seenFromStats(lstatSync(file, { bigint: true }), dev));
}
