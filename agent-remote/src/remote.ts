import type { DiskSpace } from '@btsoot/shared/disk/file-system.js';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { type BtsootError, fromSystemError } from '@btsoot/shared/model/errors.js';
import type { CallContext } from '@btsoot/shared/wire/service.js';
import type { BlockStore, OpenBlock } from './blocks.js';
import { type Identify, requireGrant } from './caller.js';
import type { Log } from './log.js';
import type { RetentionRules } from './retention-rules.js';
import type { Scrubber } from './scrubber.js';
import type { Session, SessionTable } from './session.js';
import type { VerifyDoor } from './verifying.js';

/** What all calls to a serving remote share. */
export interface Remote {
  readonly name: string;
  /** Of the program. */
  readonly version: string;
  readonly blocks: BlockStore;
  readonly sessions: SessionTable;
  readonly scrubber: Scrubber;
  readonly verifying: VerifyDoor;
  readonly identify: Identify;
  /** What the root's file system allows. */
  readonly chown: boolean;
  readonly hardLinks: boolean;
  readonly reflinks: boolean;
  /** Of the root's file system. @throws BtsootError where it cannot be asked. */
  readonly space: () => DiskSpace;
  /** The rules by which history is kept, as they are now. @throws BtsootError of kind `invalid` where nobody can tell. */
  readonly retention: () => RetentionRules;
  readonly log: Log;
  /** Aborts when the remote is about to stop. */
  readonly stopping: AbortSignal;
}

/**
 * The session that a call names, with its caller checked anew: a source may have been revoked since the last call.
 * @throws BtsootError of kind `denied` or `not-found`.
 */
export function useSession(remote: Remote, id: string, context: CallContext): Session {
  const caller = remote.identify(context);
  const session = remote.sessions.use(id, caller);
  requireGrant(caller, session.folder);
  return session;
}

/** Why a source may not go on with a folder, or null where it may. Asked again and again while a session lasts. */
export function denialOf(remote: Pick<Remote, 'identify'>, folder: TreePath, context: CallContext): BtsootError | null {
  try {
    requireGrant(remote.identify(context), folder);
    return null;
  } catch (error) {
    return fromSystemError(error, 'checking the rights of a source');
  }
}

/** Yields what `read` finds in the session's block, for as long as the session lasts: its signal aborts when that ends. */
export async function* inBlock<T>(
  remote: Remote,
  id: string,
  context: CallContext,
  read: (block: OpenBlock, signal: AbortSignal) => Iterable<T> | AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  const session = useSession(remote, id, context);
  const hold = remote.blocks.hold(session.folder);
  try {
    for await (const item of read(hold.block, AbortSignal.any([session.signal, context.signal]))) {
      session.signal.throwIfAborted();
      yield item;
    }
  } finally {
    hold.release();
  }
}

/** Microseconds since the epoch. */
export function nowUs(): number {
  return Date.now() * 1000;
}
