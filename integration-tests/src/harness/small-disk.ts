import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from './cleanup.js';

/** False where small disks can be mounted, else the reason: what `skip` of node:test takes. */
export const mountingMissing: string | false = reasonNotToMount();

const pieceBytes = 64 * 1024;

/** A disk of its own: an ext4 file system in a file, or one in memory. Unmounted when the scope ends. */
export class SmallDisk {
  /** The mount point. */
  readonly path: string;
  readonly #image: string | null;

  static mount(scope: Scope, sizeBytes: number, kind: 'ext4' | 'tmpfs' = 'ext4'): SmallDisk {
    const directory = mkdtempSync(join(tmpdir(), 'btsoot-disk-'));
    const path = join(directory, 'disk');
    mkdirSync(path);
    const image = kind === 'ext4' ? join(directory, 'image') : null;
    const disk = new SmallDisk(path, image);
    scope.after(async () => {
      // Whoever still has a file open on it must not keep it.
      spawnSync('umount', ['--lazy', path]);
      rmSync(directory, { recursive: true, force: true });
    });
    if (image === null) run('mount', '-t', 'tmpfs', '-o', `size=${sizeBytes},mode=755`, 'none', path);
    else {
      writeFileSync(image, '');
      truncateSync(image, sizeBytes);
      run('mkfs.ext4', '-q', '-m', '0', image);
      disk.mount();
    }
    return disk;
  }

  private constructor(path: string, image: string | null) {
    this.path = path;
    this.#image = image;
  }

  /** Again, after `unmount`. */
  mount(): void {
    if (this.#image === null) throw new Error('a disk in memory is not mounted again');
    run('mount', '-o', 'loop', this.#image, this.path);
  }

  /** As somebody does who pulls the disk out: at once, whoever uses it. */
  unmount(): void {
    run('umount', '--lazy', this.path);
  }

  /** @throws where a file is open for writing */
  remount(mode: 'ro' | 'rw'): void {
    run('mount', '-o', `remount,${mode}`, this.path);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Somebody else fills the disk, but for so many bytes; `free` takes that away again. */
  fill(leftBytes = 0): void {
    const fd = openSync(join(this.path, 'somebody-elses'), 'a');
    const piece = Buffer.alloc(pieceBytes, 1);
    try {
      for (;;) {
        const wanted = Math.min(pieceBytes, this.freeBytes - leftBytes);
        if (wanted <= 0 || writeSync(fd, piece, 0, wanted) < wanted) return;
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    } finally {
      closeSync(fd);
    }
  }

  free(): void {
    rmSync(join(this.path, 'somebody-elses'), { force: true });
  }
}

function run(...[command = '', ...args]: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

function reasonNotToMount(): string | false {
  if (process.geteuid?.() !== 0) return 'only root can mount a disk';
  if (spawnSync('mkfs.ext4', ['-V'], { stdio: 'ignore' }).status !== 0) return 'mkfs.ext4 is not installed';
  const directory = mkdtempSync(join(tmpdir(), 'btsoot-mount-'));
  try {
    run('mount', '-t', 'tmpfs', 'none', directory);
    run('umount', directory);
    const loop = spawnSync('losetup', ['--find'], { encoding: 'utf8' });
    return loop.status === 0 ? false : `there is no loop device: ${loop.stderr}`;
  } catch (error) {
    return `nothing can be mounted here: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
