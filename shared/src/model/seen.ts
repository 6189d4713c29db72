/**
 * What `lstat` said of an entry when the manifest last looked, exactly. The manifest's mirrored metadata may differ
 * from it where the file system cannot hold what the origin has (a plain user cannot chown).
 */
export interface Seen {
  /** 0 on the tree's own file system, else the device number: device numbers change when a disk is mounted again. */
  readonly dev: bigint;
  readonly ino: bigint;
  readonly sizeBytes: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  /** 0 where the file system keeps no birth time. */
  readonly btimeNs: bigint;
  /** With the file type bits, as stat's st_mode. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nlink: number;
}
