import type { LinkTarget, Name, TreePath } from '../model/bytes.js';
import { byteString } from '../model/bytes.js';
import { BtsootError, peerFault } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { parseName, parseTreePath } from '../model/names.js';

/** Readers of single fields from the wire, where every value is what a stranger chose. All throw BtsootError `invalid`. */

export function invalid(message: string): BtsootError {
  return peerFault(`a message from the other side is not valid: ${message}`);
}

/** A message that must be there, in a field or in a oneof that must be set. */
export function required<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw invalid(`${what} is missing`);
  return value;
}

/** Numbers over 2^53 arrive rounded, and are refused for not being safe integers. */
export function integer(value: number, what: string, least = 0, most: number = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw invalid(`${what} is ${value}, not a whole number from ${least} to ${most}`);
  }
  return value;
}

/** Microseconds since the epoch, before it or after. */
export function timeUs(value: number, what: string): number {
  return integer(value, what, Number.MIN_SAFE_INTEGER);
}

/** 16 bytes, as 32 lower-case hexadecimal digits: hashes, digests and session capabilities. */
export function hex16(bytes: Buffer, what: string): string {
  if (bytes.length !== 16) throw invalid(`${what} has ${bytes.length} bytes, not 16`);
  return bytes.toString('hex');
}

export function atMost<T>(list: readonly T[], most: number, what: string): readonly T[] {
  if (list.length > most) throw invalid(`${list.length} ${what} are over the limit of ${most}`);
  return list;
}

/** Some bytes, and no more than fit into a frame. */
export function frame(bytes: Buffer | undefined, what: string): Buffer {
  const data = required(bytes, what);
  if (data.length === 0 || data.length > limits.frameSizeMaxBytes) {
    throw invalid(`${what} has ${data.length} bytes, not 1 to ${limits.frameSizeMaxBytes}`);
  }
  return data;
}

/** The name of an entry. */
export function entryName(bytes: Buffer): Name {
  return fromOtherSide(() => parseName(bytes));
}

/** A path of an entry below the tree's root. */
export function pathBelowRoot(bytes: Buffer): TreePath {
  const path = fromOtherSide(() => parseTreePath(bytes));
  if (path === '') throw invalid('a path is empty where the root itself cannot be meant');
  return path;
}

/** Whoever reads that a name is not valid must know whose it is. */
function fromOtherSide<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof BtsootError ? invalid(error.message) : error;
  }
}

export function linkTarget(bytes: Buffer): LinkTarget {
  if (bytes.length === 0) throw invalid('a symlink has no target');
  if (bytes.length > limits.linkTargetMaxBytes) throw invalid(`a symlink's target of ${bytes.length} bytes is too long`);
  if (bytes.includes(0)) throw invalid("a symlink's target holds a NUL byte");
  return byteString(bytes);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function uuid(text: string, what: string): string {
  if (!UUID.test(text)) throw invalid(`${what} is no UUID`);
  return text;
}

const LABEL = /^[A-Za-z0-9._-]+$/;

/** The name of a source or a remote: 1 to 64 characters of [A-Za-z0-9._-]. */
export function label(text: string, what: string): string {
  if (text.length > limits.blockNameLengthMax || !LABEL.test(text)) {
    throw invalid(`${what} is not 1 to ${limits.blockNameLengthMax} characters of letters, digits, ".", "_" and "-"`);
  }
  return text;
}

/**
 * Text for people, made harmless: cut at the limit, and without characters that could break a line or drive a terminal.
 * Senders apply it too, so that a long path in an error never makes a message too large.
 */
export function plainText(text: string, mostCharacters: number): string {
  const cut = text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1)}…` : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return cut.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\p{Surrogate}]/gu, '\ufffd');
}
