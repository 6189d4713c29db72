import { openRemoteSession, type RemoteSession } from './remote-session.js';
import type { Block, Context, WatchOptions } from './sync-types.js';

/** Asks a block's remote what its manifest says: no disk is read for it over there. */
export async function askManifest<T>(
  context: Context,
  block: Block,
  { signal, report }: WatchOptions,
  question: (session: RemoteSession) => Promise<T>,
): Promise<T> {
  const connection = await context.connect(block);
  try {
    const request = { folder: block.target.folder, drift: 'trust', signal, report } as const;
    const session = await openRemoteSession(connection.client, request);
    try {
      return await question(session);
    } finally {
      await session.close();
    }
  } finally {
    await connection.close();
  }
}
