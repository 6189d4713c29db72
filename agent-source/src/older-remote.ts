import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { RemoteClient } from '@btsoot/shared/wire/client.js';
import { PROTOCOL } from '@btsoot/shared/wire/protocol.js';

/** What came with later ones, a remote leaves out. */
const MINOR_OF_ENTRIES = 1;

/**
 * What a remote of an earlier minor version does not know, it refuses as a mistake, or leaves out. Says so where that may be what has
 * ended a run; any other error is returned as it is.
 */
export async function blamingVersion(client: Pick<RemoteClient, 'hello'>, error: unknown): Promise<unknown> {
  if (!(error instanceof BtsootError) || (error.kind !== 'invalid' && error.kind !== 'corrupt')) return error;
  const remote = await client.hello(AbortSignal.timeout(limits.agentPingMaxMs)).catch(() => null);
  if (remote === null || remote.protocolMinor >= MINOR_OF_ENTRIES) return error;
  const { protocolMajor, protocolMinor } = remote;
  const spoken = `the remote agent speaks protocol ${protocolMajor}.${protocolMinor}, this one ${PROTOCOL.major}.${PROTOCOL.minor}`;
  return new BtsootError('version', `${spoken}: ${error.message}`, {
    hint: "Upgrade BTSOOT on the remote's machine: it does not know all that this source has, such as hard links or extended attributes.",
    cause: error,
  });
}
