import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pair } from '../harness/world.js';

/*
 * What the sources of old states went through: files of all ways of sending, cut into chunks or not, names that are no text,
 * links, a folder that moves, versions that go to history.
 */

const LARGE_LINES = 12_000;
/** Whole, so that a tar file keeps it. */
const BEGAN_S = 1_700_000_000;

export function plantBefore(tree: string): void {
  for (const folder of ['2023', '2023/summer', 'notes']) mkdirSync(join(tree, folder));
  writeFileSync(join(tree, 'large.log'), lines(0, LARGE_LINES));
  for (let count = 0; count < 12; count++) writeFileSync(join(tree, `2023/summer/${count}.txt`), lines(count * 50, 20));
  writeFileSync(join(tree, '2023/one'), 'the first version');
  writeFileSync(join(tree, 'notes/gone soon'), 'only history has it then');
  writeFileSync(Buffer.concat([Buffer.from(`${tree}/notes/`), Buffer.from([0xff, 0x41])]), 'a name that is no text');
  writeFileSync(join(tree, 'empty'), '');
  symlinkSync('2023/one', join(tree, 'link'));
  for (const name of ['large.log', '2023/one', 'notes/gone soon', 'empty']) utimesSync(join(tree, name), BEGAN_S, BEGAN_S);
}

export function change(tree: string): void {
  writeFileSync(join(tree, 'large.log'), `${lines(0, LARGE_LINES / 2)}inserted\n${lines(LARGE_LINES / 2, LARGE_LINES / 2)}`);
  writeFileSync(join(tree, '2023/one'), 'the second version, longer');
  rmSync(join(tree, 'notes/gone soon'));
  renameSync(join(tree, '2023'), join(tree, 'last year'));
  rmSync(join(tree, 'empty'));
  mkdirSync(join(tree, 'empty'));
}

export function changeAgain(tree: string): void {
  writeFileSync(join(tree, 'large.log'), `${lines(0, LARGE_LINES)}appended\n`);
  renameSync(join(tree, 'last year'), join(tree, 'notes/2023'));
  writeFileSync(join(tree, 'notes/2023/one'), 'the third version');
  rmSync(join(tree, 'notes/2023/summer/3.txt'));
}

/** Two sessions; the tree as it was in the first one is kept beside it. */
export async function liveThrough({ tree, source, directory }: Pick<Pair, 'tree' | 'source' | 'directory'>): Promise<void> {
  await source.mustRun('sync', 'photos', '--json');
  execFileSync('cp', ['-a', tree, firstTree(directory)]);
  change(tree);
  await source.mustRun('sync', 'photos', '--json');
}

/** The tree as of the first session, in an old state's directory. */
export function firstTree(directory: string): string {
  return join(directory, 'as of session 1');
}

function lines(first: number, count: number): string {
  return Array.from({ length: count }, (_, index) => `${String(first + index).padStart(7, '0')} a line of a log\n`).join('');
}
