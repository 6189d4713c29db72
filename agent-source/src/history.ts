import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { cutOff, peerFault } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import {
  type SessionSummary,
  type VersionSummary,
  versionsFromWire,
  versionsQuestionToWire,
} from '@btsoot/shared/wire/convert.js';
import { askManifest } from './ask-manifest.js';
import { listSessions } from './past-tree.js';
import type { RemoteSession } from './remote-session.js';
import type { Block, Context, WatchOptions } from './sync-types.js';

export interface BlockHistory {
  /** Newest first. */
  readonly sessions: readonly SessionSummary[];
  /** Null where no path was asked for. */
  readonly path: PathVersions | null;
}

export interface PathVersions {
  readonly path: TreePath;
  /** Newest first. */
  readonly versions: readonly VersionSummary[];
  /** Whether there are older ones that are not listed. */
  readonly cut: boolean;
}

/**
 * What a block's remote keeps of earlier sessions, and of one path in them. The remote reads no disk for it.
 * @param path null: the sessions alone
 */
export async function blockHistory(
  context: Context,
  block: Block,
  path: TreePath | null,
  watch: WatchOptions,
): Promise<BlockHistory> {
  watch.report({ kind: 'phase', phase: 'connect' });
  return await askManifest(context, block, watch, async (session) => {
    const sessions = await listSessions(session);
    return { sessions, path: path === null ? null : await versionsOf(session, path) };
  });
}

async function versionsOf({ client, opened, lost }: RemoteSession, path: TreePath): Promise<PathVersions> {
  const versions: VersionSummary[] = [];
  for await (const wire of client.listVersions(versionsQuestionToWire(opened.session, path), lost)) {
    const page = versionsFromWire(wire);
    versions.push(...page.versions);
    if (versions.length > limits.versionsPerAnswerMax) throw peerFault('the remote lists versions without an end');
    if (page.last) return { path, versions, cut: page.cut };
  }
  throw cutOff('the remote stopped listing versions half way');
}
