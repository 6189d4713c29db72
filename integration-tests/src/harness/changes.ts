import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './random.js';

/** Two entries of a directory change names. */
export function swapEntries(directory: string, one: string, other: string): void {
  renameSync(join(directory, one), join(directory, '.aside'));
  renameSync(join(directory, other), join(directory, one));
  renameSync(join(directory, '.aside'), join(directory, other));
}

/** Each entry of a directory gets the name of another, chosen by lot: one long cycle. */
export function permuteFiles(directory: string, random: Random): void {
  const names = random.shuffled(readdirSync(directory));
  const [first = '', ...others] = names;
  renameSync(join(directory, first), join(directory, '.aside'));
  let free = first;
  for (const name of others) {
    renameSync(join(directory, name), join(directory, free));
    free = name;
  }
  renameSync(join(directory, '.aside'), join(directory, free));
}
