/**
 * File names are bytes: any byte but `/` and NUL is legal, valid UTF-8 or not.
 *
 * A name is held as a *byte string*: a JavaScript string whose every code unit is one byte (0 to 255), which is
 * what Node calls latin1. So `<` compares in byte order, names work as Map keys, and V8 stores them in one byte each.
 * The brands keep byte strings from being mixed up with text meant for people.
 */

declare const nameBrand: unique symbol;
declare const pathBrand: unique symbol;

/** One component of a path, as a byte string. Never empty, never `.` or `..`, holds neither `/` nor NUL. */
export type Name = string & { readonly [nameBrand]: true };

/** A path inside a tree: names joined by `/`, no leading or trailing slash. The empty string is the tree's root. */
export type TreePath = string & { readonly [pathBrand]: true };

/** Bytes of a symlink's target, as a byte string. */
export type LinkTarget = string;

export const ROOT_PATH = '' as TreePath;

/** Throws no error of its own: callers that read untrusted bytes use `parseName`. */
export function nameFromBytes(bytes: Uint8Array): Name {
  return byteString(bytes) as Name;
}

export function byteString(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export function toBytes(value: string): Buffer {
  return Buffer.from(value, 'latin1');
}

/** UTF-8 text (a command-line argument, a value from a config file) to a byte string. */
export function fromText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

export function joinPath(parent: TreePath, child: Name): TreePath {
  return (parent === '' ? child : `${parent}/${child}`) as TreePath;
}

export function splitPath(path: TreePath): Name[] {
  return path === '' ? [] : (path.split('/') as Name[]);
}

export function parentPath(path: TreePath): TreePath {
  const slash = path.lastIndexOf('/');
  return (slash < 0 ? '' : path.slice(0, slash)) as TreePath;
}

export function baseName(path: TreePath): Name {
  return path.slice(path.lastIndexOf('/') + 1) as Name;
}

/** Whether `path` is `ancestor` itself or lies below it. */
export function isWithin(path: TreePath, ancestor: TreePath): boolean {
  return ancestor === '' || path === ancestor || path.startsWith(`${ancestor}/`);
}

/** Byte order, as `Array.prototype.sort` wants it. */
export function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * For people: decoded as UTF-8 where it is valid, with control characters and invalid bytes as `\xNN` or `\n`, so that
 * a name can neither break a line nor drive a terminal.
 */
export function display(value: string): string {
  let text: string;
  try {
    text = strictUtf8.decode(toBytes(value));
  } catch {
    return value.replace(/[^\x20-\x7e]/g, escapeCharacter);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\\]/g, escapeCharacter);
}

/** The end of a path that is displayed, from a slash on: its last names say more than its first. */
export function endOfPath(displayed: string, mostCharacters: number): string {
  if (displayed.length <= mostCharacters) return displayed;
  const end = displayed.slice(1 - mostCharacters);
  return `…${end.slice(Math.max(end.indexOf('/'), 0))}`;
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\\') return '\\\\';
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
