import { appendFileSync, closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { swapEntries } from '../harness/changes.js';
import { seeded } from '../harness/random.js';
import { dir, file, link, plant, plantCrowd } from '../harness/tree.js';

/** A person's photos, made of chance: two years of them, a film, some notes. */
export function plantSampleTree(tree: string): void {
  const random = seeded(2026);
  for (const year of ['2024', '2025']) {
    mkdirSync(join(tree, year));
    plantCrowd(join(tree, year), { folders: 12, filesPerFolder: 25, fileSizeBytes: 60_000 }, random);
  }
  plant(
    tree,
    dir('films', [file('wedding.mov', random.bytes(8_000_000)), file('cat.mov', random.bytes(4_000_000))]),
    dir('notes', [
      file('read me, "please".txt', 'Names may hold anything.\n'),
      link('newest film', '../films/cat.mov'),
      dir('empty'),
    ]),
  );
}

export interface Change {
  readonly what: string;
  readonly make: (tree: string) => void;
}

export const changes: readonly Change[] = [
  { what: 'nothing', make: () => {} },
  { what: 'a folder of 300 photos renamed', make: (tree) => renameSync(join(tree, '2024'), join(tree, 'Year 2024')) },
  { what: 'a note edited', make: (tree) => appendFileSync(join(tree, 'notes', 'read me, "please".txt'), 'Even this.\n') },
  { what: 'one byte of a 4 MB film edited', make: (tree) => overwriteByte(join(tree, 'films', 'cat.mov'), 2_000_000) },
  { what: 'two folders swapped', make: (tree) => swapEntries(tree, 'Year 2024', '2025') },
  { what: 'a film deleted', make: (tree) => rmSync(join(tree, 'films', 'wedding.mov')) },
];

function overwriteByte(path: string, position: number): void {
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, '!', position);
  closeSync(descriptor);
}
