import { execFileSync } from 'node:child_process';
import { chmodSync, lutimesSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import type { Random } from './random.js';

/** Text stands for its UTF-8 bytes; a Buffer is taken as it is, so that a name can be any bytes at all. */
export type Bytes = string | Buffer;

export interface Attributes {
  readonly mode?: number;
  /** Whole microseconds since the epoch. Left out: the moment of making. */
  readonly mtimeUs?: number;
}

export type Item =
  | { readonly kind: 'file'; readonly name: Buffer; readonly content: Buffer; readonly attributes: Attributes }
  | { readonly kind: 'directory'; readonly name: Buffer; readonly children: readonly Item[]; readonly attributes: Attributes }
  | { readonly kind: 'link'; readonly name: Buffer; readonly target: Buffer; readonly attributes: Attributes };

export function file(name: Bytes, content: Bytes = '', attributes: Attributes = {}): Item {
  return { kind: 'file', name: Buffer.from(name), content: Buffer.from(content), attributes };
}

export function dir(name: Bytes, children: readonly Item[] = [], attributes: Attributes = {}): Item {
  return { kind: 'directory', name: Buffer.from(name), children, attributes };
}

export function link(name: Bytes, target: Bytes, attributes: Attributes = {}): Item {
  return { kind: 'link', name: Buffer.from(name), target: Buffer.from(target), attributes };
}

/** `at('/a', 'b', 'c')` is `/a/b/c` as bytes. */
export function at(root: Bytes, ...names: readonly Bytes[]): Buffer {
  const slash = Buffer.from('/');
  return Buffer.concat([Buffer.from(root), ...names.flatMap((name) => [slash, Buffer.from(name)])]);
}

/** Makes the items in a directory that exists. */
export function plant(directory: Bytes, ...items: readonly Item[]): void {
  for (const item of items) plantOne(at(directory, item.name), item);
}

function plantOne(path: Buffer, item: Item): void {
  const { mode, mtimeUs } = item.attributes;
  switch (item.kind) {
    case 'file':
      writeFileSync(path, item.content);
      break;
    case 'directory':
      mkdirSync(path);
      plant(path, ...item.children);
      break;
    case 'link':
      symlinkSync(item.target, path);
      break;
    default:
      item satisfies never;
  }
  if (mode !== undefined && item.kind !== 'link') chmodSync(path, mode);
  if (mtimeUs !== undefined) setModified(path, item.kind, mtimeUs);
}

function setModified(path: Buffer, kind: Item['kind'], mtimeUs: number): void {
  const seconds = (mtimeUs + 0.5) / 1e6;
  if (kind === 'link') lutimesSync(path, seconds, seconds);
  else utimesSync(path, seconds, seconds);
}

/** Copies a tree with all that belongs to it; `to` must not exist. */
export function copyTree(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

export interface Crowd {
  readonly folders: number;
  readonly filesPerFolder: number;
  /** Of each file; the content is random, so no two files are equal. At least 8. */
  readonly fileSizeBytes: number;
}

/**
 * Makes `folders` folders in the directory, each full of files: many entries, quickly. No two files have the same time,
 * so that whoever goes by size and time can tell them apart too.
 */
export function plantCrowd(directory: Bytes, crowd: Crowd, random: Random): void {
  let mtimeSeconds = 1_600_000_000;
  for (let folder = 0; folder < crowd.folders; folder += 1) {
    const place = at(directory, `folder-${String(folder).padStart(4, '0')}`);
    mkdirSync(place);
    for (let index = 0; index < crowd.filesPerFolder; index += 1) {
      const path = at(place, `file-${String(index).padStart(5, '0')}.bin`);
      writeFileSync(path, random.bytes(crowd.fileSizeBytes));
      utimesSync(path, mtimeSeconds, mtimeSeconds);
      mtimeSeconds += 1;
    }
  }
}
