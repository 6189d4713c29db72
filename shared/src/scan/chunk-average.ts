import { averageOf } from '../delta/chunk-list.js';
import type { Manifest } from '../manifest/manifest.js';
import type { Content } from '../model/entry.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';

/** How large the chunks of a content's list are meant to be, in bytes; null where it has none, or none that can be read. */
export function averageOfContent(manifest: Manifest, content: Content | null): number | null {
  if (content === null || content.sizeBytes < limits.chunkedSizeMinBytes) return null;
  const packed = manifest.chunks(content);
  return packed === null ? null : averageOrNull(packed);
}

/** It only saves work: a damaged list must not keep a file from being read. */
function averageOrNull(packed: Buffer): number | null {
  try {
    return averageOf(packed);
  } catch (error) {
    if (error instanceof BtsootError && error.kind === 'invalid') return null;
    throw error;
  }
}
