import { readSync } from 'node:fs';

/** Fills `into` from a file's byte `position` on. Returns how much of it was filled: less only where the file ends. */
export function readAt(fd: number, into: Buffer, position: number): number {
  let at = 0;
  while (at < into.length) {
    const bytesRead = readSync(fd, into, at, into.length - at, position + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at;
}
