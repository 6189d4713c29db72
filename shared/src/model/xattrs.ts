import { byteString, compareBytes, fromText, toBytes } from './bytes.js';
import { BtsootError } from './errors.js';
import { limits } from './limits.js';

/**
 * Extended attributes and POSIX ACLs of one entry, packed into a byte string: for each attribute, in byte order of names,
 * the name's length (u8), the name, the value's length (u32, little endian) and the value. No attributes: the empty
 * string. There is one way to pack a set of attributes, so that equal strings are equal sets.
 */
export type Xattrs = string;

export interface Xattr {
  /** With its namespace, as a byte string: `user.comment`. */
  readonly name: string;
  readonly value: Buffer;
}

export const NO_XATTRS: Xattrs = '';
/** Its owner's, mask's and others' rights are the entry's mode bits: it is set after the mode. */
export const ACCESS_ACL = 'system.posix_acl_access';
/** What new entries of a directory get. */
export const DEFAULT_ACL = 'system.posix_acl_default';
const CAPABILITY = 'security.capability';
const OWN_PREFIX = 'user.';
const PRIVILEGED_PREFIX = 'trusted.';

const NAME_LENGTH_BYTES = 1;
const VALUE_LENGTH_BYTES = 4;

/** Whether an attribute is part of an entry. Labels of security modules are not: each system gives its own. */
export function isMirrored(name: string): boolean {
  return name === ACCESS_ACL || name === DEFAULT_ACL || name.startsWith(OWN_PREFIX) || isPrivileged(name);
}

/** Whether it takes root to read and to set it. */
export function isPrivileged(name: string): boolean {
  return name === CAPABILITY || name.startsWith(PRIVILEGED_PREFIX);
}

/** What an attribute takes, packed. */
export function xattrBytes({ name, value }: Xattr): number {
  return NAME_LENGTH_BYTES + name.length + VALUE_LENGTH_BYTES + value.length;
}

/** The attributes may be in any order; no two have one name. */
export function packXattrs(xattrs: readonly Xattr[]): Xattrs {
  if (xattrs.length === 0) return NO_XATTRS;
  const sorted = [...xattrs].sort((a, b) => compareBytes(a.name, b.name));
  const packed = Buffer.alloc(sorted.reduce((sum, xattr) => sum + xattrBytes(xattr), 0));
  let at = 0;
  for (const { name, value } of sorted) {
    at = packed.writeUInt8(name.length, at);
    at += packed.write(name, at, 'latin1');
    at = packed.writeUInt32LE(value.length, at);
    at += value.copy(packed, at);
  }
  return byteString(packed);
}

/** Reads what `packXattrs` made. */
export function unpackXattrs(xattrs: Xattrs): Xattr[] {
  return xattrs === NO_XATTRS ? [] : parse(toBytes(xattrs));
}

/**
 * Reads packed attributes from bytes that nobody vouches for.
 * @throws BtsootError of kind `invalid` for what `packXattrs` makes of no set of mirrored attributes, or is over the limits.
 */
export function parseXattrs(bytes: Buffer): Xattrs {
  if (bytes.length === 0) return NO_XATTRS;
  if (bytes.length > limits.xattrsMaxBytes) throw invalid(`of ${bytes.length} bytes are over the limit`);
  let last = '';
  for (const { name } of parse(bytes)) {
    if (name <= last) throw invalid('are not in byte order, each name once');
    if (!isMirrored(name) || !isText(name)) throw invalid('have a name that is none of those which are mirrored');
    last = name;
  }
  return byteString(bytes);
}

function parse(bytes: Buffer): Xattr[] {
  const xattrs: Xattr[] = [];
  for (let at = 0; at < bytes.length; ) {
    const nameEnd = at + NAME_LENGTH_BYTES + bytes.readUInt8(at);
    const valueAt = nameEnd + VALUE_LENGTH_BYTES;
    if (valueAt > bytes.length) throw invalid('are cut off');
    const valueEnd = valueAt + bytes.readUInt32LE(nameEnd);
    if (valueEnd > bytes.length) throw invalid('are cut off');
    xattrs.push({ name: byteString(bytes.subarray(at + NAME_LENGTH_BYTES, nameEnd)), value: bytes.subarray(valueAt, valueEnd) });
    at = valueEnd;
  }
  return xattrs;
}

/** Names that are no UTF-8, which no program gives, can neither be read nor set here (disk/xattrs.ts). */
function isText(name: string): boolean {
  return !name.includes('\0') && fromText(toBytes(name).toString('utf8')) === name;
}

function invalid(what: string): BtsootError {
  return new BtsootError('invalid', `extended attributes ${what}`);
}
