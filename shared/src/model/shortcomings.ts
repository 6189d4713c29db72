import type { NameRules } from './disk-name.js';

/** What a target's file system cannot do that a mirror has other ways for. Found out by trying (disk/capabilities.ts). */
export interface Shortcomings {
  /** Names that it does not take are escaped on the disk (disk-name.ts); null where it takes all. */
  readonly nameRules: NameRules | null;
  /** Where it has no symlinks, small files stand for them (disk/link-file.ts). */
  readonly symlinks: boolean;
  /** Where inode numbers change under an entry, its size and time alone have to tell whether it is the same. */
  readonly stableInodes: boolean;
  /** Of one file, in bytes; null where there is no limit that a file would meet. */
  readonly fileSizeMaxBytes: number | null;
}

export const NO_SHORTCOMINGS: Shortcomings = { nameRules: null, symlinks: true, stableInodes: true, fileSizeMaxBytes: null };
