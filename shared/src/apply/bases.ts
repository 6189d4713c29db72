import { type ChunkList, unpackChunks } from '../delta/chunk-list.js';
import type { Basis } from '../model/delivery.js';
import type { Content } from '../model/entry.js';
import { BtsootError, peerFault } from '../model/errors.js';
import { StepFailed } from './action.js';
import { type Holdings, type OpenContent, openContent } from './content-reader.js';
import { type FoundPartial, openPart, type Partials } from './partials.js';

/** Something that a file may be copied from. */
export interface Source {
  readonly sizeBytes: number;
  /** As the receiver knows it. */
  readonly list: ChunkList | null;
  readonly partial: FoundPartial | null;
  open(): OpenContent;
}

/** A file that the group at hand brings: complete, but not in its place yet. */
export interface StagedContent {
  readonly path: Buffer;
  /** The packed list, or null. */
  readonly chunks: Buffer | null;
}

/** Where a delivery's bases are looked for. */
export interface BasisPlaces {
  readonly holdings: Holdings;
  readonly partials: Partials;
  /** What the group at hand brings of this content, asked anew each time: groups end. */
  readonly staged: (content: Content) => StagedContent | undefined;
}

/** The bases of one delivery. Each is opened when it is first read, and stays open until `close`. */
export class Bases {
  readonly #sources: readonly Source[];
  readonly #open = new Map<number, OpenContent>();

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
  }

  static of(bases: readonly Basis[], places: BasisPlaces): Bases {
    return new Bases(bases.map((basis) => (basis.partial ? partialSource(basis, places) : contentSource(basis, places))));
  }

  /** As the other side knows them: a partial's is that of its whole content. */
  get sizes(): number[] {
    return this.#sources.map(({ sizeBytes }) => sizeBytes);
  }

  get lists(): (ChunkList | null)[] {
    return this.#sources.map(({ list }) => list);
  }

  partial(index: number): FoundPartial | null {
    return this.#sources[index]?.partial ?? null;
  }

  /**
   * Fills `into` from byte `from` of a basis on.
   * @throws StepFailed `mismatch` where it cannot be read: the other side has other means to send the file
   */
  read(index: number, into: Buffer, from: number): void {
    try {
      if (this.#opened(index).read(into, from) < into.length) throw new BtsootError('drift', 'it ends before that');
    } catch (error) {
      if (!(error instanceof BtsootError)) throw error;
      throw new StepFailed({ kind: 'mismatch', message: `what the file is made from cannot be read: ${error.message}` });
    }
  }

  /** From now on that basis is read from here. */
  replace(index: number, open: OpenContent): void {
    this.#open.get(index)?.close();
    this.#open.set(index, open);
  }

  close(): void {
    for (const open of this.#open.values()) open.close();
    this.#open.clear();
  }

  #opened(index: number): OpenContent {
    const known = this.#open.get(index);
    if (known !== undefined) return known;
    const source = this.#sources[index];
    if (source === undefined) throw peerFault(`there is no basis ${index}`);
    const open = source.open();
    this.#open.set(index, open);
    return open;
  }
}

function contentSource({ content }: Basis, { holdings, staged }: BasisPlaces): Source {
  const packed = staged(content)?.chunks ?? holdings.manifest.chunks(content);
  return {
    sizeBytes: content.sizeBytes,
    list: packed === null ? null : listOf(packed, content.sizeBytes),
    partial: null,
    open: () => {
      const inGroup = staged(content);
      return inGroup === undefined ? openContent(holdings, content) : openPart(inGroup.path, content.sizeBytes);
    },
  };
}

function partialSource({ content }: Basis, { partials }: BasisPlaces): Source {
  const partial = partials.find(content);
  return {
    sizeBytes: content.sizeBytes,
    list: partial?.chunks ?? null,
    partial,
    open: () => partials.open(content),
  };
}

/** A damaged list is as good as none. */
function listOf(packed: Buffer, sizeBytes: number): ChunkList | null {
  try {
    return unpackChunks(packed, sizeBytes);
  } catch (error) {
    if (error instanceof BtsootError) return null;
    throw error;
  }
}
