import type { Kind, Metadata } from '../model/entry.js';
import type { Owners } from '../model/owners.js';
import { ACCESS_ACL, packXattrs, unpackXattrs, type Xattrs } from '../model/xattrs.js';

/**
 * The metadata that an entry can be given here. Root gives every mode. A plain user who took his own right to read away
 * could neither check, copy nor restore what he keeps, so he keeps that right on the disk; the manifest has the true mode,
 * and the numbers of the owners, who may have others here.
 */
export function heldMetadata(kind: Kind, mirrored: Metadata, owners: Owners): Metadata {
  const uid = owners.uid(mirrored.uid);
  const gid = owners.gid(mirrored.gid);
  const meta = uid === mirrored.uid && gid === mirrored.gid ? mirrored : { ...mirrored, uid, gid };
  if (isRoot()) return meta;
  const needed = kind === 'directory' ? 0o500 : kind === 'file' ? 0o400 : 0;
  if ((meta.mode & needed) === needed) return meta;
  return { ...meta, mode: meta.mode | needed, xattrs: withOwnerRights(meta.xattrs, needed >> 6) };
}

const ACL_HEADER_BYTES = 4;
const ACL_ENTRY_BYTES = 8;
const ACL_USER_OBJ = 1;

/** An access ACL repeats what the owner may do (linux/posix_acl_xattr.h): a version (u32), then tag (u16), rights (u16), id (u32). */
function withOwnerRights(xattrs: Xattrs, rights: number): Xattrs {
  if (!xattrs.includes(ACCESS_ACL)) return xattrs;
  return packXattrs(
    unpackXattrs(xattrs).map(({ name, value }) => {
      if (name !== ACCESS_ACL) return { name, value };
      const widened = Buffer.from(value);
      for (let at = ACL_HEADER_BYTES; at + ACL_ENTRY_BYTES <= widened.length; at += ACL_ENTRY_BYTES) {
        if (widened.readUInt16LE(at) === ACL_USER_OBJ) widened.writeUInt16LE(widened.readUInt16LE(at + 2) | rights, at + 2);
      }
      return { name, value: widened };
    }),
  );
}

const IS_ROOT = process.geteuid?.() === 0;

export function isRoot(): boolean {
  return IS_ROOT;
}
