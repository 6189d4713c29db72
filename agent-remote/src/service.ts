import { Breather } from '@btsoot/shared/apply/breather.js';
import type { DiskSpace } from '@btsoot/shared/disk/file-system.js';
import { display, type TreePath, toBytes } from '@btsoot/shared/model/bytes.js';
import type { Content } from '@btsoot/shared/model/entry.js';
import { BtsootError, fromSystemError, peerFault } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import {
  applyNewsToWire,
  childrenQuestionFromWire,
  childrenToWire,
  conditionToWire,
  contentsQueryFromWire,
  createBlockFromWire,
  openSessionFromWire,
  readNewsToWire,
  readWishFromWire,
  sessionNewsToWire,
  sessionsToWire,
  signatureNewsToWire,
  signatureWishFromWire,
  verifyNewsToWire,
  verifyWishFromWire,
  versionsQuestionFromWire,
  versionsToWire,
} from '@btsoot/shared/wire/convert.js';
import type { HelloReply } from '@btsoot/shared/wire/messages.js';
import { checkProtocol, PROTOCOL } from '@btsoot/shared/wire/protocol.js';
import type { RemoteHandlers } from '@btsoot/shared/wire/service.js';
import { applySteps } from './applying.js';
import type { BlockSize, OpenBlock } from './blocks.js';
import { type Caller, requireGrant } from './caller.js';
import { isGranted } from './grants.js';
import { measureLink } from './link-measure.js';
import { listChildren } from './listing.js';
import { OneAtATime } from './one-at-a-time.js';
import { holdsContent, readContent } from './reading.js';
import { inBlock, nowUs, type Remote, useSession } from './remote.js';
import { holdSession } from './session-stream.js';
import { answerSignatures } from './signing.js';
import { untilAborted } from './until-aborted.js';
import { verifyBlock } from './verifying.js';
import { listVersions } from './versions.js';

/** What a source asks of a remote. Each handler checks who calls and what for, and leaves the work to others. */
export function makeHandlers(remote: Remote): RemoteHandlers {
  // Whoever asks in a hundred streams is not read to a hundred times as fast: others want the disk too.
  const signing = new OneAtATime();
  // Nor is a large folder held in memory for each stream that reads it slowly.
  const listing = new OneAtATime();
  return {
    async hello(request, context) {
      checkProtocol(request.protocolMajor, request.protocolMinor, 'source');
      return helloReply(remote, remote.identify(context));
    },

    async createBlock(request, context) {
      const { folder } = createBlockFromWire(request);
      const caller = remote.identify(context);
      requireGrant(caller, folder);
      if (!remote.blocks.has(folder)) requireRoomForBlock(remote, caller);
      const created = remote.blocks.create(folder);
      remote.log.info(created.existed ? 'block found' : 'block made', { folder: display(folder), source: caller.name });
      return created;
    },

    async *openSession(request, context) {
      const { folder, drift } = openSessionFromWire(request);
      const caller = remote.identify(context);
      requireGrant(caller, folder);
      for await (const news of holdSession(remote, { caller, folder, drift, context })) yield sessionNewsToWire(news);
    },

    async *listChildren(requests, context) {
      for await (const request of untilAborted(requests, context.signal)) {
        const question = childrenQuestionFromWire(request);
        yield* inBlock(remote, question.session, context, (block, signal) =>
          listing.run(block, signal, async function* () {
            for (const page of listChildren(block.manifest, question)) yield childrenToWire(page);
          }),
        );
      }
    },

    async *apply(requests, context) {
      for await (const news of applySteps(remote, requests, context)) yield applyNewsToWire(news);
    },

    async queryContents(request, context) {
      const { session, contents } = contentsQueryFromWire(request);
      const hold = remote.blocks.hold(useSession(remote, session, context).folder);
      try {
        return { held: await areHeld(hold.block, contents, context.signal) };
      } finally {
        hold.release();
      }
    },

    async *readContents(requests, context) {
      let session: string | null = null;
      for await (const request of untilAborted(requests, context.signal)) {
        const wish = readWishFromWire(request);
        session = wish.session ?? session;
        if (session === null) throw peerFault('the first request to read names no session');
        yield* inBlock(remote, session, context, async function* (block) {
          for await (const news of readContent(block, wish.content, wish.offset)) yield readNewsToWire(news);
        });
      }
    },

    async *readSignatures(requests, context) {
      let session: string | null = null;
      for await (const request of untilAborted(requests, context.signal)) {
        const wish = signatureWishFromWire(request);
        session = wish.session ?? session;
        if (session === null) throw peerFault('the first request for signatures names no session');
        yield* inBlock(remote, session, context, async function* (block, signal) {
          const answer = signing.run(block, signal, () => answerSignatures(block, wish, signal));
          for await (const news of answer) yield signatureNewsToWire(news);
        });
      }
    },

    async *verify(request, context) {
      for await (const news of verifyBlock(remote, verifyWishFromWire(request), context)) yield verifyNewsToWire(news);
    },

    async *measureLink(requests, context) {
      remote.identify(context);
      yield* measureLink(untilAborted(requests, context.signal));
    },

    async listSessions(request, context) {
      const hold = remote.blocks.hold(useSession(remote, request.session.toString('hex'), context).folder);
      try {
        return sessionsToWire(hold.block.manifest.sessions().slice(0, limits.sessionsPerReplyMax));
      } finally {
        hold.release();
      }
    },

    async *listVersions(request, context) {
      const { session, path } = versionsQuestionFromWire(request);
      yield* inBlock(remote, session, context, async function* ({ manifest }, signal) {
        for await (const page of listVersions(manifest, path, signal)) yield versionsToWire(page);
      });
    },
  };
}

async function areHeld(block: OpenBlock, contents: readonly Content[], signal: AbortSignal): Promise<boolean[]> {
  const breather = new Breather(signal);
  const held: boolean[] = [];
  for (const content of contents) {
    held.push(holdsContent(block, content));
    if (breather.isDue()) await breather.rest();
  }
  return held;
}

function grantedBlocks(remote: Remote, caller: Caller): TreePath[] {
  return remote.blocks.list().filter((folder) => isGranted(caller.grants, folder));
}

function requireRoomForBlock(remote: Remote, caller: Caller): void {
  const count = grantedBlocks(remote, caller).length;
  if (count < limits.blocksPerSourceMax) return;
  throw new BtsootError('refused', `the source "${caller.name}" has ${count} blocks in reach, as many as it may`, {
    hint: 'Put several folders into one block.',
  });
}

async function helloReply(remote: Remote, caller: Caller): Promise<HelloReply> {
  const blocks: { folder: Buffer; entries: number; bytes: number }[] = [];
  for (const folder of grantedBlocks(remote, caller).slice(0, limits.blocksPerReplyMax)) {
    blocks.push({ folder: toBytes(folder), ...sizeOf(remote, folder) });
    // Other calls go on between two blocks: each may take a database to be opened.
    await new Promise(setImmediate);
  }
  return {
    protocolMajor: PROTOCOL.major,
    protocolMinor: PROTOCOL.minor,
    remoteName: remote.name,
    version: remote.version,
    blocks,
    condition: conditionToWire({ nowUs: nowUs(), space: spaceOf(remote), reflinks: remote.reflinks }),
  };
}

/** Whoever says hello is answered, whatever became of the disk: calls that need it say what is wrong with it. */
function spaceOf(remote: Remote): DiskSpace | null {
  try {
    return remote.space();
  } catch (error) {
    remote.log.warn('the free space is not known', { reason: fromSystemError(error, 'asking for it').message });
    return null;
  }
}

/** A block that cannot be opened is still listed: whoever opens a session on it is told why. */
function sizeOf(remote: Remote, folder: TreePath): BlockSize {
  try {
    return remote.blocks.size(folder);
  } catch (error) {
    const reason = fromSystemError(error, 'opening the block').message;
    remote.log.warn('a block cannot be opened', { folder: display(folder), reason });
    return { entries: 0, bytes: 0 };
  }
}
