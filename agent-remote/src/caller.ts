import { display, type TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import type { CallContext } from '@btsoot/shared/wire/service.js';
import { type Grants, isGranted } from './grants.js';
import { localSourceName, type SourceRegistry } from './sources.js';

/** Who makes a call, as the transport vouches for it. */
export interface Caller {
  readonly name: string;
  /** What sessions are bound to: the certificate's fingerprint, or `local`. */
  readonly key: string;
  readonly grants: Grants;
}

/** @throws BtsootError of kind `denied` for whoever may not call at all. */
export type Identify = (context: CallContext) => Caller;

/** For mutual TLS: the certificate was signed by our CA, and must be one that is paired still. */
export function identifyBy(registry: SourceRegistry): Identify {
  return ({ fingerprint }) => {
    const source = fingerprint === null ? undefined : registry.active(fingerprint);
    if (source === undefined || fingerprint === null) {
      throw new BtsootError('denied', 'this source is not paired with the remote, or was revoked there', {
        hint: 'Run `btsoot-remote pair` on the remote machine, and `btsoot pair` here.',
      });
    }
    return { name: source.name, key: fingerprint, grants: source.grants };
  };
}

/** Whether a certificate is one that is paired still. Where nobody can tell, the calls are let come, and fail with the reason. */
export function admitBy(registry: SourceRegistry): (fingerprint: string) => boolean {
  return (fingerprint) => {
    try {
      return registry.active(fingerprint) !== undefined;
    } catch {
      return true;
    }
  };
}

/** For the private Unix socket: whoever may open it is the person who owns the root. */
export const identifyLocal: Identify = () => ({ name: localSourceName, key: localSourceName, grants: 'everything' });

/** @throws BtsootError of kind `denied` for a folder that was not granted. */
export function requireGrant(caller: Caller, folder: TreePath): void {
  if (isGranted(caller.grants, folder)) return;
  throw new BtsootError('denied', `the source "${caller.name}" was not granted the folder "${display(folder)}"`, {
    hint: 'Grants are given at pairing: `btsoot-remote pair --grant FOLDER`.',
  });
}
