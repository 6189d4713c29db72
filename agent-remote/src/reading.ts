import { closeSync, constants, fstatSync, openSync, read as readCallback } from 'node:fs';
import { promisify } from 'node:util';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { display, type TreePath } from '@btsoot/shared/model/bytes.js';
import type { Content, FileNode } from '@btsoot/shared/model/entry.js';
import { BtsootError, fromSystemError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { ReadNews } from '@btsoot/shared/wire/convert.js';
import type { OpenBlock } from './blocks.js';

const read = promisify(readCallback);

// O_NONBLOCK: a FIFO that somebody put in the file's place must not hold us up.
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * A content's bytes from whichever file of the block holds it, in the tree, aside, or in history; or `missing`, at the
 * start or midway, where the disk does not say what the manifest says. What is sent is not verified: the receiver does.
 */
export async function* readContent(block: OpenBlock, content: Content): AsyncGenerator<ReadNews, void, undefined> {
  if (content.sizeBytes === 0) return;
  const opened = openHolder(block, content);
  if ('missing' in opened) {
    yield { kind: 'missing', message: opened.missing };
    return;
  }
  try {
    yield* frames(opened.fd, content.sizeBytes);
  } finally {
    closeSync(opened.fd);
  }
}

async function* frames(fd: number, sizeBytes: number): AsyncGenerator<ReadNews, void, undefined> {
  for (let at = 0; at < sizeBytes; ) {
    // A new buffer each time: the wire may still hold the last one.
    const buffer = Buffer.allocUnsafeSlow(Math.min(limits.frameSizeMaxBytes, sizeBytes - at));
    let bytesRead: number;
    try {
      ({ bytesRead } = await read(fd, buffer, 0, buffer.length, at));
    } catch (error) {
      yield { kind: 'missing', message: fromSystemError(error, 'reading the file that holds the content').message };
      return;
    }
    if (bytesRead === 0) {
      yield { kind: 'missing', message: `the file that holds the content ends at ${at} bytes` };
      return;
    }
    yield { kind: 'data', bytes: buffer.subarray(0, bytesRead) };
    at += bytesRead;
  }
}

/** Whether some file of the block holds the content, as far as its stat tells. */
export function holdsContent(block: OpenBlock, content: Content): boolean {
  const opened = openHolder(block, content);
  if ('missing' in opened) return false;
  closeSync(opened.fd);
  return true;
}

function openHolder(block: OpenBlock, content: Content): { fd: number } | { missing: string } {
  const { manifest } = block;
  let missing = 'no file of the block holds this content';
  for (const holder of manifest.holdersOf(content, limits.holdersTriedMax)) {
    try {
      return { fd: openAsSeen(block, holder) };
    } catch (error) {
      missing = fromSystemError(error, 'opening the file that holds the content').message;
    }
  }
  return { missing };
}

function openAsSeen(block: OpenBlock, holder: FileNode): number {
  const { area, path } = block.manifest.locate(holder.id);
  const fd = rootOf(block, area).at(path, (place) => openSync(place, openFlags));
  try {
    requireAsSeen(block, holder, fd, path);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function requireAsSeen(block: OpenBlock, holder: FileNode, fd: number, path: TreePath): void {
  const seen = block.manifest.seen(holder.id);
  const now = fstatSync(fd, { bigint: true });
  const same = now.isFile() && seen !== null && seen.sizeBytes === now.size && seen.mtimeNs === now.mtimeNs;
  if (!same) throw new BtsootError('drift', `"${display(path)}" is not the file that the manifest knows`);
}

function rootOf(block: OpenBlock, area: 'tree' | 'limbo' | 'history' | 'stash'): TreeRoot {
  switch (area) {
    case 'tree':
      return block.tree;
    case 'stash':
      return block.area.stash;
    case 'history':
      return block.area.history;
    case 'limbo':
      throw new BtsootError('drift', 'the file that holds the content is being looked for');
    default:
      return area satisfies never;
  }
}
