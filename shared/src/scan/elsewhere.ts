import { averageFor } from '../delta/average.js';
import { unpackChunks } from '../delta/chunk-list.js';
import type { KnownContent } from '../manifest/known-contents.js';
import type { Name, TreePath } from '../model/bytes.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { Seen } from '../model/seen.js';
import { isSmudged } from './granularity.js';

/** A file of the scanned tree. */
export interface FileThere {
  /** Of the folder that it is in. */
  readonly folder: TreePath;
  readonly name: Name;
  /** Its device is as in the scanned tree. */
  readonly seen: Seen;
}

/** What others have read of the same files. */
export interface Elsewhere {
  /** What the file held when it looked exactly so; null where nobody knows. */
  find(file: FileThere): KnownContent | null;
}

/**
 * What a file that was to be read holds, if others know. A list that is not cut as it would be here, after the file's
 * previous version, is no use: no cut would be where it was.
 */
export function contentElsewhere(
  elsewhere: Elsewhere,
  file: FileThere,
  previousAverageBytes: number | null,
): KnownContent | null {
  const { seen } = file;
  // A file system without change times: what others keep of a file that they will read again looks the same.
  if (isSmudged(seen)) return null;
  const known = elsewhere.find(file);
  if (known === null || BigInt(known.content.sizeBytes) !== seen.sizeBytes) return null;
  const { content, chunks } = known;
  if (content.sizeBytes < limits.chunkedSizeMinBytes) return known;
  const averageBytes = chunks === null ? null : averageOrNull(chunks, content.sizeBytes);
  return averageBytes === averageFor(content.sizeBytes, previousAverageBytes) ? known : null;
}

/** It only saves work: a damaged list must not keep a file from being read. */
function averageOrNull(packed: Buffer, sizeBytes: number): number | null {
  try {
    return unpackChunks(packed, sizeBytes).averageBytes;
  } catch (error) {
    if (error instanceof BtsootError && error.kind === 'invalid') return null;
    throw error;
  }
}
