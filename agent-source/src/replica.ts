import { LIMBO_ID, type Manifest, type NewEntry, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import type { Name } from '@btsoot/shared/model/bytes.js';
import { type DirectoryNode, sameContent, sameMetadata, type TreeNode } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { sameSpecial } from '@btsoot/shared/model/special.js';
import type { Identity } from '@btsoot/shared/model/tree.js';
import { Listed, type Part, type Wanted, walkRemote } from './children.js';
import type { RemoteSession } from './remote-session.js';

/** What brought the replica up to date. */
export interface Refreshed {
  /** Rows that came from the remote, so that nothing is known of which source entry each is. */
  readonly strangers: readonly number[];
}

/** Which manifest the target must have; unset when the block was added again. */
const REMOTE_MANIFEST = 'remote-manifest';
/** Which manifest the rows are of. */
const LAST_MANIFEST = 'rows-of-manifest';
const SOURCE_MANIFEST = 'source-manifest';

/** Which replica entry mirrors which source entry, as the sessions so far have taught. */
export function identityOf(replica: Manifest): Identity {
  return {
    inTarget: (sourceId) => replica.withPeer(sourceId),
    inOrigin: (replicaId) => replica.peer(replicaId) ?? undefined,
  };
}

/**
 * A replica is worth something only between the two manifests that it was made for: entries of another source manifest
 * have other ids, and another remote has another tree.
 * @throws BtsootError of kind `refused` where the target is not the one that the block was mirrored to before.
 */
export function bindReplica(replica: Manifest, source: Manifest, remoteManifestId: string): void {
  const before = replica.setting(REMOTE_MANIFEST);
  if (before !== null && before !== remoteManifestId) {
    throw new BtsootError(
      'refused',
      'the target is not the one that this block was mirrored to: another disk is there, or none',
      {
        hint: 'Nothing was touched. Mount the right disk. If the mirror shall begin anew here, add the block again.',
      },
    );
  }
  if (replica.setting(LAST_MANIFEST) === remoteManifestId && replica.setting(SOURCE_MANIFEST) === source.manifestId) {
    if (before === null) replica.setSetting(REMOTE_MANIFEST, remoteManifestId);
    return;
  }
  replica.transaction(() => {
    replica.clearTree({ mode: 0, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' });
    replica.setSetting(REMOTE_MANIFEST, remoteManifestId);
    replica.setSetting(LAST_MANIFEST, remoteManifestId);
    replica.setSetting(SOURCE_MANIFEST, source.manifestId);
  });
}

/** The block was added again: whatever is found at its target is what it is mirrored to from now on. */
export function unbindReplica(replica: Manifest): void {
  replica.setSetting(REMOTE_MANIFEST, null);
}

/**
 * Makes the replica equal to the remote's manifest. Where the digests of the whole state are equal, that is all; else
 * the directories whose digests differ are listed, level by level. A directory that is new in one place and gone from
 * another with the same digest is moved in the replica, not listed.
 * @throws BtsootError of kind `corrupt` where the remote's listing does not add up to the digest that it announced.
 */
export async function refreshReplica(replica: Manifest, session: RemoteSession): Promise<Refreshed> {
  const { opened } = session;
  if (replica.stateDigest() === opened.stateDigest) return { strangers: [] };
  const refresh = new Refresh(replica);
  await refresh.run(session);
  if (replica.stateDigest() !== opened.stateDigest) {
    throw new BtsootError('corrupt', "the remote's listing does not add up to the digest that it announced", {
      hint: 'Run the sync again; if it stays so, run `btsoot-remote scrub` on the remote.',
    });
  }
  return { strangers: refresh.strangers };
}

/**
 * Once both trees are equal, an entry that came from the remote is the source's entry at the same path. From then on its
 * renames are known for what they are.
 */
export function introduce(strangers: readonly number[], source: Manifest, replica: Manifest): void {
  if (strangers.length === 0) return;
  replica.transaction(() => {
    for (const id of strangers) {
      const row = replica.get(id);
      if (row === undefined || replica.peer(id) !== null) continue;
      const counterpart = source.lookup(replica.locate(id).path);
      if (counterpart?.kind === row.kind && replica.withPeer(counterpart.id) === undefined) replica.setPeer(id, counterpart.id);
    }
  });
}

class Refresh {
  readonly #replica: Manifest;
  readonly strangers: number[] = [];
  /** Directories that are gone from their places, by digest: one may have been moved to where a new one is. */
  readonly #gone = new Map<string, number>();
  #fresh: { node: DirectoryNode; parent: number; depth: number }[] = [];
  readonly #listed = new Listed();
  /** Rows of the directory at hand that the remote has not listed yet. */
  #unlisted = new Map<Name, TreeNode>();

  constructor(replica: Manifest) {
    this.#replica = replica;
  }

  async run(session: RemoteSession): Promise<void> {
    const { root } = session.opened;
    const replica = this.#replica;
    replica.transaction(() => {
      for (const left of replica.rows(LIMBO_ID)) replica.remove(left.id);
      replica.update(ROOT_ID, { meta: root.meta, complete: root.complete });
    });
    if (replica.root().digest !== root.digest) await this.#walk(session, [{ directoryId: root.id, depth: 0, context: ROOT_ID }]);
    while (this.#fresh.length > 0) await this.#walk(session, this.#placeFresh());
    replica.transaction(() => {
      for (const left of replica.rows(LIMBO_ID)) replica.remove(left.id);
    });
  }

  async #walk(session: RemoteSession, start: Wanted<number>[]): Promise<void> {
    await walkRemote(session, {
      asOfSession: 0,
      start,
      onChildren: (wanted, part) => this.#replica.transaction(() => this.#merge(wanted, part)),
      listed: this.#listed,
    });
  }

  /** Gives new directories their place: one that was seen going elsewhere comes back whole, the others are to be listed. */
  #placeFresh(): Wanted<number>[] {
    const replica = this.#replica;
    const fresh = this.#fresh;
    this.#fresh = [];
    return replica.transaction(() =>
      fresh.flatMap(({ node, parent, depth }) => {
        const gone = node.digest === '' ? undefined : this.#gone.get(node.digest);
        if (gone !== undefined) {
          this.#gone.delete(node.digest);
          replica.rename(gone, parent, node.name);
          replica.update(gone, { meta: node.meta, complete: node.complete });
          return [];
        }
        const id = replica.insert(parent, node.name, newEntryOf(node), null);
        this.strangers.push(id);
        return [{ directoryId: node.id, depth, context: id }];
      }),
    );
  }

  /** Brings one directory's rows in line with what the remote lists; returns the directories to be listed next. */
  #merge({ context: directory, depth }: Wanted<number>, { children, isFirst, isLast }: Part): Wanted<number>[] {
    if (isFirst) this.#unlisted = new Map(this.#replica.rows(directory).map((row) => [row.name, row]));
    const known = this.#unlisted;
    const next: Wanted<number>[] = [];
    for (const node of children) {
      const row = known.get(node.name);
      known.delete(node.name);
      if (row !== undefined && row.kind === node.kind) next.push(...this.#update(row, node, depth + 1));
      else {
        if (row !== undefined) this.#drop(row);
        this.#insert(directory, node, depth + 1);
      }
    }
    if (!isLast) return next;
    for (const row of known.values()) this.#drop(row);
    this.#unlisted = new Map();
    return next;
  }

  #update(row: TreeNode, node: TreeNode, depth: number): Wanted<number>[] {
    const replica = this.#replica;
    const sameMeta = sameMetadata(row.meta, node.meta);
    if (node.kind === 'directory' && row.kind === 'directory') {
      if (!sameMeta || row.complete !== node.complete) replica.update(row.id, { meta: node.meta, complete: node.complete });
      return row.digest === node.digest ? [] : [{ directoryId: node.id, depth, context: row.id }];
    }
    if (node.kind === 'file' && row.kind === 'file') {
      const sameBytes = (row.content === null && node.content === null) || sameContent(row.content, node.content);
      if (!sameMeta || !sameBytes || row.group !== node.group)
        replica.update(row.id, { meta: node.meta, content: node.content, group: node.group });
    } else if (node.kind === 'symlink' && row.kind === 'symlink') {
      if (!sameMeta || row.target !== node.target) replica.update(row.id, { meta: node.meta, target: node.target });
    } else if (node.kind === 'special' && row.kind === 'special') {
      if (!sameMeta || !sameSpecial(row.special, node.special))
        replica.update(row.id, { meta: node.meta, special: node.special });
    }
    return [];
  }

  #insert(directory: number, node: TreeNode, depth: number): void {
    if (node.kind === 'directory') {
      this.#fresh.push({ node, parent: directory, depth });
      return;
    }
    const id = this.#replica.insert(directory, node.name, newEntryOf(node), null);
    this.strangers.push(id);
  }

  #drop(row: TreeNode): void {
    if (row.kind !== 'directory' || row.entryCount === 0) {
      this.#replica.remove(row.id);
      return;
    }
    this.#gone.set(row.digest, row.id);
    this.#replica.rename(row.id, LIMBO_ID, String(row.id) as Name);
  }
}

export function newEntryOf(node: TreeNode): NewEntry {
  switch (node.kind) {
    case 'file':
      return { kind: 'file', meta: node.meta, content: node.content, group: node.group };
    case 'directory':
      return { kind: 'directory', meta: node.meta, complete: node.complete };
    case 'symlink':
      return { kind: 'symlink', meta: node.meta, target: node.target };
    case 'special':
      return { kind: 'special', meta: node.meta, special: node.special };
  }
}
