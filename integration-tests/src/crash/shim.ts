import { spawnSync } from 'node:child_process';
import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from '../harness/programs.js';

const compiler = process.env['CC'] ?? 'cc';

/** False where disk-shim.c can be built and loaded, else the reason for skipping. */
export const shimMissing: string | false =
  process.platform !== 'linux'
    ? 'LD_PRELOAD as this is written for is of Linux'
    : spawnSync(compiler, ['--version'], { stdio: 'ignore' }).status === 0
      ? false
      : `there is no C compiler (${compiler})`;

/** disk-shim.c, compiled, and the words that load it into a program. */
export class Shim {
  readonly #library: string;
  readonly #watched: string;
  readonly #lock: string;
  readonly #boot: string;

  /** @param watched the folder whose changes count @param directory for the library, outside of that */
  constructor(watched: string, directory: string) {
    this.#watched = realpathSync(watched);
    this.#library = join(directory, 'disk-shim.so');
    this.#lock = join(directory, 'lock');
    this.#boot = join(directory, 'boot');
    writeFileSync(this.#lock, Buffer.alloc(4096));
    this.boot('first');
    const source = join(repository, 'integration-tests', 'native', 'disk-shim.c');
    const { status, stderr } = spawnSync(compiler, ['-shared', '-fPIC', '-O1', '-o', this.#library, source, '-ldl']);
    if (status !== 0) throw new Error(`${source} does not compile: ${stderr}`);
  }

  /** Whether the programs that run are to think that the machine was started since. */
  boot(name: 'first' | 'second'): void {
    writeFileSync(this.#boot, `${name}\n`);
  }

  /** What comes before a command to run it with the shim, and with small limits (small-limits.ts). */
  through(settings: ShimSettings = {}): string[] {
    const words: Record<string, string | undefined> = {
      LD_PRELOAD: this.#library,
      NODE_OPTIONS: `--import ${pathToFileURL(join(repository, 'integration-tests/dist/crash/small-limits.js')).href}`,
      // io_uring would go past libc.
      UV_USE_IO_URING: '0',
      DISK_SHIM_ROOT: this.#watched,
      DISK_SHIM_LOCK: this.#lock,
      DISK_SHIM_BOOT: this.#boot,
      DISK_SHIM_TRACE: settings.trace,
      DISK_SHIM_INODES: settings.inodes,
      DISK_SHIM_KILL: settings.kill,
      DISK_SHIM_DAYS_AGO: settings.daysAgo?.toString(),
    };
    return ['env', ...Object.entries(words).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))];
  }
}

export interface ShimSettings {
  /** Records every change into this file. */
  readonly trace?: string;
  /** An `InodeMap`'s file. */
  readonly inodes?: string;
  /** `N` or `N half`: dies in place of its Nth change, or in the middle of it. */
  readonly kill?: string;
  /** The clock is so far behind. */
  readonly daysAgo?: number;
}
