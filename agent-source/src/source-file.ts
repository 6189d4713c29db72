import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { seenFromStats } from '@btsoot/shared/disk/seen.js';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { fromSystemError } from '@btsoot/shared/model/errors.js';

const readAt = promisify(read);

/** The file is no longer what the scan saw: it has to be scanned again before it can be sent. */
export class SourceChanged extends Error {}

/** A source file that still was what the manifest says when it was opened. */
export interface SourceFile {
  /** Exactly `length` bytes. @throws SourceChanged where the file has become shorter. */
  read(position: number, length: number): Promise<Buffer>;
  /** As `read`, at once: for little, or for what is in memory. */
  readNow(position: number, length: number): Buffer;
  close(): void;
}

/** @throws SourceChanged, or BtsootError where the file cannot be opened. */
export function openSourceFile(root: TreeRoot, source: Manifest, id: number | null): SourceFile {
  const known = id === null ? null : source.seen(id);
  if (id === null || known === null) throw new SourceChanged('it is no longer in the manifest');
  const { path } = source.locate(id);
  let fd: number;
  try {
    fd = root.at(path, (place) => openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK));
  } catch (error) {
    throw fromSystemError(error, 'it cannot be read');
  }
  const now = seenFromStats(fstatSync(fd, { bigint: true }), root.dev);
  if (now.sizeBytes !== known.sizeBytes || !sameTime(now.mtimeNs, known.mtimeNs)) {
    closeSync(fd);
    throw new SourceChanged('it changed after it was scanned');
  }
  return {
    read: (position, length) => readFully(fd, position, length),
    readNow(position, length) {
      const bytes = Buffer.allocUnsafe(length);
      for (let at = 0; at < length; ) {
        const count = guarded(() => readSync(fd, bytes, at, length - at, position + at));
        if (count === 0) throw new SourceChanged('it became shorter while it was read');
        at += count;
      }
      return bytes;
    },
    close: () => closeSync(fd),
  };
}

/** The manifest keeps 64 bits of a time, which a year after 2262 does not fit. */
function sameTime(a: bigint, b: bigint): boolean {
  return BigInt.asIntN(64, a) === BigInt.asIntN(64, b);
}

async function readFully(fd: number, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await readAt(fd, bytes, at, length - at, position + at).catch((error: unknown) => {
      throw fromSystemError(error, 'it cannot be read');
    });
    if (bytesRead === 0) throw new SourceChanged('it became shorter while it was read');
    at += bytesRead;
  }
  return bytes;
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fromSystemError(error, 'it cannot be read');
  }
}
