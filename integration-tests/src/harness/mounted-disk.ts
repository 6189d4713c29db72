import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from './cleanup.js';

/** How a file system is made and mounted, from an image that lies in a file. */
export interface DiskKind {
  readonly name: string;
  readonly imageBytes: number;
  readonly make: readonly string[];
  readonly mount: readonly string[];
}

const MiB = 1024 ** 2;

export const diskKinds = {
  exfat: { name: 'exfat', imageBytes: 256 * MiB, make: ['mkfs.exfat'], mount: ['mount.exfat-fuse'] },
  ntfs: {
    name: 'ntfs',
    imageBytes: 256 * MiB,
    make: ['mkfs.ntfs', '--force', '--quick', '--quiet'],
    mount: ['mount', '-t', 'ntfs-3g'],
  },
  vfat: { name: 'vfat', imageBytes: 256 * MiB, make: ['mkfs.vfat', '-F', '32'], mount: ['mount', '-t', 'vfat'] },
  btrfs: { name: 'btrfs', imageBytes: 256 * MiB, make: ['mkfs.btrfs', '--quiet'], mount: ['mount', '-t', 'btrfs'] },
  ext4: { name: 'ext4', imageBytes: 2048 * MiB, make: ['mkfs.ext4', '-q', '-F'], mount: ['mount', '-t', 'ext4'] },
  xfs: { name: 'xfs', imageBytes: 320 * MiB, make: ['mkfs.xfs', '-q'], mount: ['mount', '-t', 'xfs'] },
} as const satisfies Record<string, DiskKind>;

/** A disk that can be pulled out and plugged in again. */
export class MountedDisk {
  /** Where it is mounted. */
  readonly path: string;
  readonly #kind: DiskKind;
  readonly #device: string;

  /**
   * Makes a file system and mounts it, until the cleanup.
   * @returns the disk, or why there is none here: what `skip` of node:test's context takes
   */
  static make(cleanup: Cleanup, directory: string, kind: DiskKind): MountedDisk | string {
    if (process.geteuid?.() !== 0) return 'only root can mount a disk';
    const image = join(directory, `${kind.name}.img`);
    writeFileSync(image, '');
    truncateSync(image, kind.imageBytes);
    cleanup.after(() => rmSync(image, { force: true }));
    const made = run([...kind.make, image]);
    if (made !== null) return made;
    const device = spawnSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).stdout?.trim();
    if (device === undefined || device === '') return 'there are no loop devices';
    cleanup.after(() => run(['losetup', '--detach', device]));
    const disk = new MountedDisk(join(directory, kind.name), kind, device);
    mkdirSync(disk.path, { recursive: true });
    const refusal = disk.#tryMount();
    if (refusal !== null) return refusal;
    cleanup.after(() => run(['umount', '--lazy', disk.path]));
    return disk;
  }

  private constructor(path: string, kind: DiskKind, device: string) {
    this.path = path;
    this.#kind = kind;
    this.#device = device;
  }

  /** As if it had been pulled out with care, and plugged in. */
  remount(): void {
    const refusal = run(['umount', this.path]) ?? this.#tryMount();
    if (refusal !== null) throw new Error(refusal);
  }

  #tryMount(): string | null {
    return run([...this.#kind.mount, this.#device, this.path]);
  }
}

/** Null where it worked, else why not. */
function run([command = '', ...args]: readonly string[]): string | null {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (status === 0) return null;
  return `${command} ${error === undefined ? `failed: ${stderr.trim().split('\n')[0]}` : 'is not there'}`;
}
