import { BtsootError } from '../model/errors.js';

/**
 * An absolute path as this room takes it: a byte string (see model/bytes.ts; `fromText` makes one of a person's text),
 * or the bytes themselves.
 */
export type BytePath = string | Buffer;

/**
 * The bytes of a path, as `node:fs` is to be given them.
 * @throws BtsootError of kind `invalid` for text that was never turned into a byte string.
 */
export function pathBytes(path: BytePath): Buffer {
  if (typeof path !== 'string') return path;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every byte is looked for, these among them
  if (/[^\x00-\xff]/.test(path)) throw new BtsootError('invalid', `the path ${JSON.stringify(path)} is text, not a byte string`);
  return Buffer.from(path, 'latin1');
}
