import { ChunkIndex } from '@btsoot/shared/delta/chunk-index.js';
import type { ChunkList } from '@btsoot/shared/delta/chunk-list.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import type { Basis, Partial } from '@btsoot/shared/model/delivery.js';
import { type Content, contentKey } from '@btsoot/shared/model/entry.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Candidate } from './delivery.js';
import { rememberList, unpacked } from './lists.js';
import type { Questions } from './signatures.js';

/** What comes before a packed list's lengths and hashes, and the most that one chunk takes. */
const LIST_BEGIN_BYTES = 64;
const LISTED_CHUNK_MAX_BYTES = 24;
/** All chunks but the last have at least a quarter of what the chunker aims at. */
const CHUNK_MIN_BYTES = limits.chunkAverageMinBytes / 4;

interface Listed {
  readonly candidate: Candidate;
  readonly index: ChunkIndex;
}

export interface RemoteListsOptions {
  readonly replica: Manifest;
  readonly questions: Questions;
  /** What cut-off deliveries have left on the remote. */
  readonly partials: readonly Partial[];
}

/** Chunk lists that the remote has and the replica does not. Each is asked for once. */
export class RemoteLists {
  readonly #replica: Manifest;
  readonly #questions: Questions;
  readonly #partials: readonly Partial[];
  readonly #asked = new Map<string, Promise<ChunkList | null>>();
  #listed: Promise<Listed[]> | null = null;

  constructor({ replica, questions, partials }: RemoteListsOptions) {
    this.#replica = replica;
    this.#questions = questions;
    this.#partials = partials;
  }

  /** The candidate with its list, if there is one. */
  async completed(candidate: Candidate): Promise<Candidate> {
    const { content } = candidate.basis;
    if (candidate.list !== null || content.sizeBytes < limits.chunkedSizeMinBytes) return candidate;
    const key = contentKey(content);
    const asked = this.#asked.get(key) ?? this.#fetch(content);
    this.#asked.set(key, asked);
    return { ...candidate, list: await asked };
  }

  /** What cut-off deliveries of other contents have left, where it has chunks that are wanted. */
  async partialsLike(target: ChunkList): Promise<Candidate[]> {
    if (this.#partials.length === 0) return [];
    this.#listed ??= Promise.all(this.#partials.map((partial) => this.#fetchPartial(partial))).then((all) => all.flat());
    const listed = await this.#listed;
    return listed
      .filter(({ index }) => target.ends.some((_, chunk) => index.find(target, chunk) !== null))
      .map(({ candidate }) => candidate);
  }

  async #fetch(content: Content): Promise<ChunkList | null> {
    const packed = await this.#ask({ content, partial: false });
    const list = unpacked(packed, content);
    // Of a content that no row of the replica has any more, nothing is kept.
    if (packed !== null && list !== null && this.#replica.withContent(content, 1).length > 0) {
      rememberList(this.#replica, content, packed, list);
      this.#asked.delete(contentKey(content));
    }
    return list;
  }

  async #fetchPartial({ content, durableBytes }: Partial): Promise<Listed[]> {
    const basis: Basis = { content, partial: true };
    const list = unpacked(await this.#ask(basis), { ...content, sizeBytes: durableBytes });
    return list === null ? [] : [{ candidate: { basis, sizeBytes: durableBytes, list }, index: new ChunkIndex(list) }];
  }

  #ask(basis: Basis): Promise<Buffer | null> {
    return this.#questions.ask({ kind: 'chunks', basis }, listMaxBytes(basis.content.sizeBytes));
  }
}

/** Many lists may be under way: none may take more memory than its content can be the reason for. */
function listMaxBytes(sizeBytes: number): number {
  const chunks = Math.min(Math.ceil(sizeBytes / CHUNK_MIN_BYTES) + 1, limits.chunksPerListMax);
  return LIST_BEGIN_BYTES + LISTED_CHUNK_MAX_BYTES * chunks;
}
