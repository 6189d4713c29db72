import { closeSync, constants, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file that only its owner may read, so that a crash leaves the old version or the new one. One at a time: what a
 * crash leaves beside it, the next one writes over.
 */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.new`;
  writeSynced(temporary, text, 'w');
  renameSync(temporary, path);
  syncDirectory(dirname(path));
}

/** Writes a new file that only its owner may read; an existing one is an error. */
export function createPrivateFile(path: string, text: string): void {
  writeSynced(path, text, 'wx');
}

export function syncDirectory(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeSynced(path: string, text: string, flags: 'w' | 'wx'): void {
  const fd = openSync(path, flags, 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
