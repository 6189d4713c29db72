import { type ChunkList, unpackChunks } from '@btsoot/shared/delta/chunk-list.js';
import { hooksOf } from '@btsoot/shared/delta/hooks.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import type { Content } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';

/** A content's chunk list as a manifest knows it; null where it knows none, and where what it has makes no sense. */
export function listOf(manifest: Manifest, content: Content): ChunkList | null {
  if (content.sizeBytes < limits.chunkedSizeMinBytes) return null;
  return unpacked(manifest.chunks(content), content);
}

/** A packed list, or null for one that does not fit the content. Lists only ever save bytes, so a bad one is as good as none. */
export function unpacked(packed: Buffer | null, content: Content): ChunkList | null {
  if (packed === null) return null;
  try {
    return unpackChunks(packed, content.sizeBytes);
  } catch (error) {
    if (error instanceof BtsootError && error.kind === 'invalid') return null;
    throw error;
  }
}

/** The remote holds this content with this list: from now on it can be found by its chunks. */
export function rememberList(replica: Manifest, content: Content, packed: Buffer, list: ChunkList): void {
  replica.transaction(() => {
    replica.setChunks(content, packed);
    replica.setHooks(content, hooksOf(list));
  });
}

/** As `rememberList`, of a file that was delivered with the source's list. */
export function keepList(replica: Manifest, content: Content, source: Manifest): void {
  if (content.sizeBytes < limits.chunkedSizeMinBytes) return;
  const packed = source.chunks(content);
  const list = unpacked(packed, content);
  if (packed !== null && list !== null) rememberList(replica, content, packed, list);
}
