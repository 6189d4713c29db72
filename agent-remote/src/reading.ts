import { setImmediate } from 'node:timers/promises';
import { type OpenContent, openContent } from '@btsoot/shared/apply/content-reader.js';
import type { Content } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { ReadNews } from '@btsoot/shared/wire/convert.js';
import type { OpenBlock } from './blocks.js';

/**
 * A content's bytes, from byte `offset` on, from whichever file of the block holds it, in the tree, aside, or in history; or `missing`, at the
 * start or midway, where the disk does not say what the manifest says. What is sent is not verified: the receiver does.
 */
export async function* readContent(block: OpenBlock, content: Content, offset = 0): AsyncGenerator<ReadNews, void, undefined> {
  if (content.sizeBytes === 0) return;
  const opened = tryOpen(block, content);
  if ('missing' in opened) {
    yield { kind: 'missing', message: opened.missing };
    return;
  }
  try {
    yield* frames(opened, offset);
  } catch (error) {
    if (!(error instanceof BtsootError)) throw error;
    yield { kind: 'missing', message: error.message };
  } finally {
    opened.close();
  }
}

async function* frames(opened: OpenContent, offset: number): AsyncGenerator<ReadNews, void, undefined> {
  for (let at = offset; at < opened.sizeBytes; ) {
    // A new buffer each time: the wire may still hold the last one.
    const buffer = Buffer.allocUnsafeSlow(Math.min(limits.frameSizeMaxBytes, opened.sizeBytes - at));
    at += opened.read(buffer, at);
    yield { kind: 'data', bytes: buffer };
    await setImmediate();
  }
}

/** Whether the block holds the content, as far as stats tell. */
export function holdsContent(block: OpenBlock, content: Content): boolean {
  const opened = tryOpen(block, content);
  if ('missing' in opened) return false;
  opened.close();
  return true;
}

function tryOpen(block: OpenBlock, content: Content): OpenContent | { missing: string } {
  try {
    return openContent(block, content);
  } catch (error) {
    if (error instanceof BtsootError && error.kind !== 'internal') return { missing: error.message };
    throw error;
  }
}
