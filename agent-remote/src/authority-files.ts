import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BtsootError, fromSystemError } from '@btsoot/shared/model/errors.js';
import type { KeyAndCertificate } from '@btsoot/shared/pki/authority.js';
import type { Layout } from './layout.js';
import { createPrivateFile, syncDirectory } from './private-file.js';

/** A remote's own CA, and what it serves with. */
export interface RemoteKeys {
  readonly authority: KeyAndCertificate;
  readonly server: KeyAndCertificate;
}

const names = { authority: 'ca', server: 'server' } as const;

export function hasKeys(layout: Layout): boolean {
  return existsSync(layout.authorityDirectory);
}

/** Writes new keys, all of them or none. @throws BtsootError of kind `exists` rather than replace any. */
export function writeKeys(layout: Layout, keys: RemoteKeys): void {
  if (hasKeys(layout))
    throw new BtsootError('exists', `${layout.authorityDirectory} holds keys already`, {
      hint: 'They stay. To make new ones, move that folder aside, and pair all sources again.',
    });
  const temporary = `${layout.authorityDirectory}.new`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { mode: 0o700 });
  for (const role of ['authority', 'server'] as const) {
    createPrivateFile(join(temporary, `${names[role]}.key`), keys[role].keyPem);
    createPrivateFile(join(temporary, `${names[role]}.pem`), keys[role].certificatePem);
  }
  syncDirectory(temporary);
  renameSync(temporary, layout.authorityDirectory);
  syncDirectory(dirname(layout.authorityDirectory));
}

/** Whether others on this machine can read the keys: a file system without modes of its own shows its mount's. */
export function areKeysOpen(layout: Layout): boolean {
  return (statSync(join(layout.authorityDirectory, `${names.authority}.key`)).mode & 0o077) !== 0;
}

export function readKeys(layout: Layout): RemoteKeys {
  return { authority: readPair(layout, names.authority), server: readPair(layout, names.server) };
}

function readPair(layout: Layout, name: string): KeyAndCertificate {
  const read = (file: string): string => {
    const path = join(layout.authorityDirectory, file);
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw fromSystemError(error, `reading ${path}`);
    }
  };
  return { keyPem: read(`${name}.key`), certificatePem: read(`${name}.pem`) };
}
