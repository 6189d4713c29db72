import { closeSync, constants, openSync } from 'node:fs';
import { getAttributeSync, listAttributesSync, removeAttributeSync, setAttributeSync } from 'fs-xattr';

/** Extended attributes of a file or folder, by name, but for security modules' labels; none where the file system has none. */
export function attributesOf(place: Buffer): Map<string, Buffer> {
  return withInode(place, (inode) => {
    const names = whereSupported(() => listAttributesSync(inode), []).filter((name) => !name.startsWith('security.'));
    return new Map(names.map((name) => [name, getAttributeSync(inode, name)]));
  });
}

export function giveAttributes(place: Buffer, attributes: ReadonlyMap<string, Buffer>): void {
  withInode(place, (inode) => {
    for (const [name, value] of attributes) setAttributeSync(inode, name, value);
  });
}

/** Where the file system has extended attributes. */
export function setAttribute(path: string, name: string, value: string): void {
  whereSupported(() => setAttributeSync(path, name, Buffer.from(value)), undefined);
}

/** As `setAttribute`. */
export function dropAttribute(path: string, name: string): void {
  whereSupported(() => removeAttributeSync(path, name), undefined);
}

function whereSupported<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOTSUP') return otherwise;
    throw error;
  }
}

/** By descriptor: a path may be any bytes, and fs-xattr takes text. */
function withInode<T>(place: Buffer, work: (inode: string) => T): T {
  const fd = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return work(`/proc/self/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
}
