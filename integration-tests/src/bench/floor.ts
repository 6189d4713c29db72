import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Version } from '../harness/delta-cases.js';

/** False where it is installed, else the reason. */
export const xdeltaMissing: string | false =
  spawnSync('xdelta3', ['-V'], { stdio: 'ignore' }).status === 0 ? false : 'xdelta3 is not installed, so no floor is known';

/** Puts the old versions of files aside, so that their deltas can be had once the new ones are there. */
export class Floor {
  readonly #tree: string;
  readonly #aside: string;
  readonly #versions: readonly Version[];

  /** @param aside a directory that does not exist yet */
  constructor(tree: string, aside: string, versions: readonly Version[]) {
    this.#tree = tree;
    this.#aside = aside;
    this.#versions = versions;
    mkdirSync(aside);
    if (xdeltaMissing !== false) return;
    for (const [index, { before }] of versions.entries()) {
      execFileSync('cp', ['--reflink=auto', join(tree, before), join(aside, `${index}`)]);
    }
  }

  /** What `xdelta3 -9`, with both versions at hand, makes of the changes. Null where that says nothing. */
  bytes(): number | null {
    if (xdeltaMissing !== false || this.#versions.length === 0) return null;
    let sumBytes = 0;
    for (const [index, { after }] of this.#versions.entries()) {
      execFileSync('xdelta3', ['-9', '-e', '-f', '-s', `${index}`, join(this.#tree, after), 'delta'], { cwd: this.#aside });
      sumBytes += statSync(join(this.#aside, 'delta')).size;
    }
    return sumBytes;
  }

  remove(): void {
    rmSync(this.#aside, { recursive: true, force: true });
  }
}
