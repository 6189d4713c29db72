import { loadNative } from './native.js';

/** As `native/page-cache.c` has it. */
const INTERFACE_VERSION = 1;

interface Library {
  dropPages(fd: number, fromBytes: number, lengthBytes: number): number;
}

/**
 * Has the kernel forget what it holds in memory of a file, so that who reads it next reads the disk: all of it, or
 * `lengthBytes` from `fromBytes` on. Where that cannot be had, it does nothing.
 */
export function dropPages(fd: number, fromBytes = 0, lengthBytes = 0): void {
  loadNative<Library>('page-cache', INTERFACE_VERSION)?.dropPages(fd, fromBytes, lengthBytes);
}

export function canDropPages(): boolean {
  return loadNative<Library>('page-cache', INTERFACE_VERSION) !== null;
}
