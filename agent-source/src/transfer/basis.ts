import type { ChunkList } from '@btsoot/shared/delta/chunk-list.js';
import { coarseDelta } from '@btsoot/shared/delta/coarse.js';
import { type KnownBasis, type Segment, wholeGap } from '@btsoot/shared/delta/gap.js';
import { hooksOf } from '@btsoot/shared/delta/hooks.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import type { Partial } from '@btsoot/shared/model/delivery.js';
import { type Content, contentKey, sameContent } from '@btsoot/shared/model/entry.js';
import type { FileStep } from '@btsoot/shared/model/step.js';
import type { Candidate } from './delivery.js';
import { listOf } from './lists.js';
import { resumed } from './resume.js';

/** Contents that are looked at because they share chunks with a new one. */
const ALIKE_MAX = 4;

/** What a put's bytes may be copied from. */
export interface Choice {
  readonly sizeBytes: number;
  /** The chunk list of what is put. */
  readonly target: ChunkList | null;
  /** First the content that is replaced, where there is one; then contents that share chunks with the new one. */
  readonly candidates: readonly Candidate[];
  /** What an earlier delivery of this very content has left. */
  readonly partial: Partial | null;
}

export interface BasesOptions {
  readonly source: Manifest;
  readonly replica: Manifest;
  /** What earlier deliveries have left on the remote. */
  readonly partials: readonly Partial[];
}

/** Chooses bases among what the replica says that the remote holds. */
export class Bases {
  readonly #source: Manifest;
  readonly #replica: Manifest;
  readonly partials: readonly Partial[];
  /** The replica forgets what a step has replaced; the remote has it in its history. */
  readonly #alike = new Map<string, readonly Content[]>();

  constructor({ source, replica, partials }: BasesOptions) {
    this.#source = source;
    this.#replica = replica;
    this.partials = partials;
  }

  choose({ content, replaces }: FileStep): Choice {
    const target = listOf(this.#source, content);
    const replaced = replaces?.content ?? null;
    const alike = target === null ? [] : this.#alikeOf(content, target);
    const contents = replaced === null ? alike : [replaced, ...alike.filter((one) => !sameContent(one, replaced))];
    return {
      sizeBytes: content.sizeBytes,
      target,
      candidates: contents.filter(({ sizeBytes }) => sizeBytes > 0).map((one) => this.#candidate(one)),
      partial: this.partials.find((partial) => sameContent(partial.content, content)) ?? null,
    };
  }

  #candidate(content: Content): Candidate {
    return { basis: { content, partial: false }, sizeBytes: content.sizeBytes, list: listOf(this.#replica, content) };
  }

  #alikeOf(content: Content, target: ChunkList): readonly Content[] {
    const known = this.#alike.get(contentKey(content));
    if (known !== undefined) return known;
    const found = this.#replica.contentsWithHooks(hooksOf(target), ALIKE_MAX);
    if (found.length > 0) this.#alike.set(contentKey(content), found);
    return found;
  }
}

/** What chunk lists tell: the new content as pieces of the candidates, and gaps between them. */
export interface Outline {
  readonly candidates: readonly Candidate[];
  readonly segments: readonly Segment[];
}

export function outlineOf({ sizeBytes, target, candidates, partial }: Choice): Outline {
  const known: KnownBasis[] = candidates.map(({ sizeBytes: basisBytes, list }) => ({ sizeBytes: basisBytes, list }));
  const segments = target === null ? [wholeGap(sizeBytes, known)] : coarseDelta(target, known);
  if (target === null || partial === null) return { candidates, segments };
  return resumed({ candidates, segments }, partial, target);
}

/** Bytes that nothing is known of. */
export function gapBytes(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + (segment.kind === 'gap' ? segment.lengthBytes : 0), 0);
}
