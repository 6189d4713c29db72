import { display, joinPath, type TreePath } from '@btsoot/shared/model/bytes.js';
import type { TreeNode } from '@btsoot/shared/model/entry.js';
import { SILENT } from '@btsoot/shared/model/progress.js';
import type { SessionSummary } from '@btsoot/shared/wire/convert.js';
import { askManifest } from '../ask-manifest.js';
import { listSessions } from '../past-tree.js';
import type { RemoteSession } from '../remote-session.js';
import { withBlockLock } from '../sync-run.js';
import type { Block, Context } from '../sync-types.js';
import { displayTarget } from '../targets.js';
import { FolderCache } from './folder-cache.js';
import { type FolderList, listFolder } from './folder-list.js';
import { pathToken } from './path-token.js';
import type { Turns } from './turns.js';

export interface EntryView {
  readonly name: string;
  /** As `pathToken` writes it. */
  readonly path: string;
  readonly kind: TreeNode['kind'];
  /** Null where it is unknown, or nothing that has a size. */
  readonly sizeBytes: number | null;
  /** Entries below a folder. */
  readonly entries: number;
  readonly mtimeUs: number;
  /** Of a symlink. */
  readonly target: string | null;
}

export interface FolderView {
  readonly path: string;
  readonly entries: readonly EntryView[];
  readonly more: number;
}

/**
 * Asks remotes what they keep, one question a block at a time. While a block is worked on, its remote answers nobody else:
 * then what was heard before is all there is, or a `busy` error.
 */
export class RemoteLookup {
  readonly #signal: AbortSignal;
  readonly #folders = new FolderCache();
  readonly #sessions = new Map<string, readonly SessionSummary[]>();
  readonly #turns: Turns;
  /** By block: which manifest answered, and for which target. */
  readonly #answered = new Map<string, { readonly target: string; manifestId: string | null }>();

  constructor(turns: Turns, signal: AbortSignal) {
    this.#turns = turns;
    this.#signal = signal;
  }

  /** The block's sessions may be others by now. */
  forget(block: string): void {
    this.#sessions.delete(block);
  }

  /** Newest first. */
  async sessions(context: Context, block: Block): Promise<readonly SessionSummary[]> {
    return await this.#turns.take(block.name, async () => {
      this.#answers(block, null);
      const known = this.#sessions.get(block.name);
      if (known !== undefined) return known;
      const sessions = await this.#ask(context, block, listSessions);
      this.#sessions.set(block.name, sessions);
      return sessions;
    });
  }

  /** @param session 0: as it is now */
  async folder(context: Context, block: Block, session: number, path: TreePath): Promise<FolderView> {
    return await this.#turns.take(block.name, async () => folderView(await this.#list(context, block, session, path)));
  }

  async #list(context: Context, block: Block, session: number, path: TreePath): Promise<FolderList> {
    if (session === 0) return await this.#ask(context, block, (remote) => listFolder(remote, 0, path));
    this.#answers(block, null);
    const kept = this.#folders.get(block.name, session, path);
    if (kept !== undefined) return kept;
    const list = await this.#ask(context, block, (remote) =>
      listFolder(remote, session, path, this.#folders.known(block.name, session, path)),
    );
    this.#folders.put(block.name, session, list);
    return list;
  }

  async #ask<T>(context: Context, block: Block, question: (session: RemoteSession) => Promise<T>): Promise<T> {
    const watch = { signal: this.#signal, report: SILENT };
    return await withBlockLock(context, block, () =>
      askManifest(context, block, watch, async (session) => {
        this.#answers(block, session.opened.manifestId);
        return await question(session);
      }),
    );
  }

  /** Of another target, or of another disk in its place, nothing that was heard holds. @param manifestId null: not known yet */
  #answers({ name, target }: Block, manifestId: string | null): void {
    const now = { target: displayTarget(target), manifestId };
    const before = this.#answered.get(name) ?? now;
    const isAnother = manifestId !== null && before.manifestId !== null && before.manifestId !== manifestId;
    if (isAnother || before.target !== now.target) {
      this.#folders.forget(name);
      this.#sessions.delete(name);
    } else now.manifestId ??= before.manifestId;
    this.#answered.set(name, now);
  }
}

function folderView({ path, children, more }: FolderList): FolderView {
  return { path: pathToken(path), entries: children.map((child) => entryView(path, child)), more };
}

function entryView(folder: TreePath, node: TreeNode): EntryView {
  const { name, kind, meta } = node;
  const isFolder = node.kind === 'directory';
  const sizeBytes = node.kind === 'file' ? (node.content?.sizeBytes ?? null) : isFolder ? node.totalBytes : null;
  return {
    name: display(name),
    path: pathToken(joinPath(folder, name)),
    kind,
    sizeBytes,
    entries: isFolder ? node.entryCount : 0,
    mtimeUs: meta.mtimeUs,
    target: node.kind === 'symlink' ? display(node.target) : null,
  };
}
