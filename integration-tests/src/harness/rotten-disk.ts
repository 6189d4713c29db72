import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from './cleanup.js';

/** False where a disk's image can be made and mounted, else the reason to give for skipping. */
export const noDisks = reason('ext4');
/** As above, for a file system whose files can share their blocks. */
export const noSharing = reason('xfs');

type Kind = 'ext4' | 'xfs';

function reason(kind: Kind): string | false {
  if (process.geteuid?.() !== 0) return 'only root can mount a disk';
  const missing = [`mkfs.${kind}`, 'mount', 'umount'].find(
    (name) => spawnSync(name, ['-V'], { stdio: 'ignore' }).error !== undefined,
  );
  return missing === undefined ? false : `${missing} is not installed`;
}

/** A small file system in a file, whose blocks can be changed behind the kernel's back. */
export class RottenDisk {
  readonly mount: string;
  readonly #image: string;

  /** Throws where the kernel has no loop devices. */
  constructor(scope: Scope, directory: string, sizeBytes: number, kind: Kind = 'ext4') {
    this.mount = join(directory, 'disk');
    this.#image = join(directory, 'disk.img');
    mkdirSync(this.mount, { recursive: true });
    execFileSync('truncate', ['-s', String(sizeBytes), this.#image]);
    execFileSync(`mkfs.${kind}`, ['-q', this.#image]);
    this.attach();
    scope.after(async () => void spawnSync('umount', ['-l', this.mount], { stdio: 'ignore' }));
  }

  attach(): void {
    execFileSync('mount', ['-o', 'loop', this.#image, this.mount]);
  }

  detach(): void {
    execFileSync('umount', [this.mount]);
  }

  /**
   * Turns over one bit after each place where the pattern lies on the disk, or after so many of them. It must not be mounted.
   * @returns how many
   */
  rotAfter(pattern: Buffer, most = Number.POSITIVE_INFINITY): number {
    const descriptor = openSync(this.#image, 'r+');
    try {
      const piece = Buffer.alloc(8 * 1024 ** 2);
      let count = 0;
      for (let at = 0; ; at += piece.length - pattern.length) {
        const got = readSync(descriptor, piece, 0, piece.length, at);
        if (got <= pattern.length) return count;
        const bytes = piece.subarray(0, got);
        for (let found = bytes.indexOf(pattern); found >= 0; found = bytes.indexOf(pattern, found + 1)) {
          const place = found + pattern.length;
          if (place >= got || count >= most) continue;
          writeSync(descriptor, Buffer.of(bytes.readUInt8(place) ^ 1), 0, 1, at + place);
          count += 1;
        }
      }
    } finally {
      closeSync(descriptor);
    }
  }
}
