import { readdirSync, readlinkSync } from 'node:fs';
import { errnoOf } from '@btsoot/shared/model/errors.js';

export interface OpenFiles {
  readonly descriptors: number;
  /** Of these. */
  readonly sockets: number;
}

/** What a living process has open (Linux). */
export function openFiles(pid: number): OpenFiles {
  const links = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
  return { descriptors: links.length, sockets: links.filter((link) => link.startsWith('socket:')).length };
}

/** None where it was closed meanwhile. */
function linkOf(fd: string): string[] {
  try {
    return [readlinkSync(fd)];
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
