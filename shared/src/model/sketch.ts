import { fromText, type Name } from './bytes.js';
import { hashBytes } from './digest.js';
import type { Content, Metadata } from './entry.js';
import type { Special } from './special.js';

/** An entry of a tree that a test is about, as the words below make it. One without an id gets one of its own. */
export type Sketch = { readonly id?: number; readonly name: Name; readonly meta: Metadata } & (
  | { readonly kind: 'file'; readonly content: Content | null; readonly group?: string | null }
  | { readonly kind: 'directory'; readonly complete: boolean; readonly children: readonly Sketch[] }
  | { readonly kind: 'symlink'; readonly target: string }
  | { readonly kind: 'special'; readonly special: Special }
);

const FILE_META: Metadata = { mode: 0o644, uid: 1000, gid: 1000, mtimeUs: 1_000_000, xattrs: '' };
const DIRECTORY_META: Metadata = { ...FILE_META, mode: 0o755 };
const LINK_META: Metadata = { ...FILE_META, mode: 0o777 };

/** The content of a file that holds this text as UTF-8. */
export function textContent(text: string): Content {
  const bytes = Buffer.from(text);
  return { hash: hashBytes(bytes), sizeBytes: bytes.length };
}

export function file(name: string, text: string): Sketch {
  return { kind: 'file', name: fromText(name) as Name, meta: FILE_META, content: textContent(text) };
}

/** A file that could not be read. */
export function unreadable(name: string): Sketch {
  return { kind: 'file', name: fromText(name) as Name, meta: FILE_META, content: null };
}

export function dir(name: string, ...children: readonly Sketch[]): Sketch {
  return { kind: 'directory', name: fromText(name) as Name, meta: DIRECTORY_META, complete: true, children };
}

/** A folder that could not be listed, or of which only these children are known. */
export function unlisted(name: string, ...children: readonly Sketch[]): Sketch {
  return { kind: 'directory', name: fromText(name) as Name, meta: DIRECTORY_META, complete: false, children };
}

export function link(name: string, target: string): Sketch {
  return { kind: 'symlink', name: fromText(name) as Name, meta: LINK_META, target: fromText(target) };
}

export function special(name: string, of: Special = { type: 'fifo', major: 0, minor: 0 }): Sketch {
  return { kind: 'special', name: fromText(name) as Name, meta: FILE_META, special: of };
}

/** The same entry with a chosen id. Two trees that give one id each to an entry mean the same thing (see `sameIds`). */
export function as(id: number, sketch: Sketch): Sketch {
  return { ...sketch, id };
}

/** One of several names of a file: those with the same number. */
export function grouped(number: number, sketch: Sketch): Sketch {
  return sketch.kind === 'file' ? { ...sketch, group: groupOf(number) } : sketch;
}

export function groupOf(number: number): string {
  return number.toString(16).padStart(16, '0');
}

export function withMeta(meta: Partial<Metadata>, sketch: Sketch): Sketch {
  return { ...sketch, meta: { ...sketch.meta, ...meta } };
}
