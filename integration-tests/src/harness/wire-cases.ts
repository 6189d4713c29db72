import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { permuteFiles, swapEntries } from './changes.js';
import type { Scope } from './cleanup.js';
import { seeded } from './random.js';
import { plantCrowd } from './tree.js';
import { mustSucceed, pairedWorld, type Synced, type World } from './world.js';

/*
 * What a sync may cost on the wire: TCP payload, both directions, TLS handshake included. Bytes, unlike seconds, are
 * the same on every machine, so the tests assert what the benchmark shows.
 */

const KB = 1_000;

export interface WireCase {
  readonly name: string;
  readonly block: BlockName;
  readonly change: (tree: string) => void;
  readonly mostBytes: number;
  /** Renames that the plan has. */
  readonly moves: number;
}

const plantings = {
  small: (tree: string) => plantCrowd(tree, { folders: 10, filesPerFolder: 20, fileSizeBytes: 2_000 }, seeded(1)),
  large: (tree: string) => {
    mkdirSync(join(tree, 'top'));
    plantCrowd(join(tree, 'top'), { folders: 100, filesPerFolder: 1_000, fileSizeBytes: 8 }, seeded(2));
  },
  permuted: (tree: string) => plantCrowd(tree, { folders: 1, filesPerFolder: 400, fileSizeBytes: 2_000 }, seeded(3)),
} as const;

export type BlockName = keyof typeof plantings;
export const blockNames = Object.keys(plantings) as BlockName[];

const nothing = (): void => {};

/** In this order, on the same trees. */
export const wireCases: readonly WireCase[] = [
  { name: 'nothing changed in 200 files', block: 'small', change: nothing, mostBytes: 8 * KB, moves: 0 },
  { name: 'nothing changed in 100,000 files', block: 'large', change: nothing, mostBytes: 8 * KB, moves: 0 },
  {
    name: 'the top folder of 100,000 files renamed',
    block: 'large',
    change: (tree) => renameSync(join(tree, 'top'), join(tree, 'renamed')),
    mostBytes: 12 * KB,
    moves: 1,
  },
  {
    name: 'two folders of 1,000 files swapped',
    block: 'large',
    change: (tree) => swapEntries(join(tree, 'renamed'), 'folder-0003', 'folder-0042'),
    mostBytes: 12 * KB,
    moves: 3,
  },
  {
    name: '400 files renamed in a permutation',
    block: 'permuted',
    change: (tree) => permuteFiles(join(tree, 'folder-0000'), seeded(4)),
    mostBytes: 80 * KB,
    moves: 401,
  },
];

export interface WireWorld extends World {
  readonly trees: Readonly<Record<BlockName, string>>;
}

/** A paired world with the blocks of the cases, synced once. */
export async function wireWorld(scope: Scope): Promise<WireWorld> {
  const world = await pairedWorld(scope);
  const treeOf = (name: string): string => join(world.directory, 'nas', name);
  const trees = { small: treeOf('small'), large: treeOf('large'), permuted: treeOf('permuted') };
  for (const name of blockNames) {
    mkdirSync(trees[name]);
    plantings[name](trees[name]);
    await world.source.mustRun('add', name, trees[name], `pi:${name}`);
    await syncBlock(world, name);
  }
  return { ...world, trees };
}

export async function syncBlock(world: World, block: BlockName): Promise<Synced> {
  world.proxy.reset();
  const outcome = mustSucceed(await world.source.json('sync', block));
  return { outcome, wireBytes: world.proxy.totalBytes() };
}
