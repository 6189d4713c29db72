/** What statfs(2) says in f_type, as linux/magic.h and the file systems' own headers have it. */
export const fileSystemTypes = {
  fat: 0x4d44n,
  exfat: 0x2011bab0n,
  /** Whatever it is that a program in user space gives. */
  fuse: 0x65735546n,
} as const;

/** Those that other machines may have mounted as well. */
const NETWORKED: ReadonlySet<bigint> = new Set([
  0x6969n, // NFS
  0xff534d42n, // CIFS
  0xfe534d42n, // SMB2 and later
  0x517bn, // SMB of long ago
  0x01021997n, // 9P
  0x5346414fn, // AFS
  0x6b414653n, // AFS of the kernel
  0x00c36400n, // Ceph
  0x0bd00bd0n, // Lustre
  0x01161970n, // GFS2
  0x7461636fn, // OCFS2
  0x47504653n, // GPFS
  0x19830326n, // BeeGFS
]);

/** f_type is signed where words have 32 bits, and comes from there with its sign. */
function unsigned(type: bigint): bigint {
  return BigInt.asUintN(32, type);
}

/** Whether it is a file system in user space: of those, many forward less to where the bytes are than they are asked. */
export function isInUserSpace(type: bigint): boolean {
  return unsigned(type) === fileSystemTypes.fuse;
}

/** Whether other machines may have it mounted as well. Of one in user space, nobody can tell: it may be. */
export function mayBeShared(type: bigint): boolean {
  return isInUserSpace(type) || NETWORKED.has(unsigned(type));
}
