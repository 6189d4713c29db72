import { type FileHandle, open } from 'node:fs/promises';
import { fsyncDirectory } from '../disk/durable.js';
import type { ChunkHashes } from './chunk-hashes.js';
import { encodeBatch } from './sidecar.js';

export interface CheckpointOptions {
  /** The file that is being received. */
  readonly data: FileHandle;
  readonly chunks: ChunkHashes;
  /** Where its sidecar goes, and the folder that both lie in. */
  readonly sidecarPath: Buffer;
  readonly directory: Buffer;
  /** The sidecar's beginning, see sidecar.ts. */
  readonly header: Buffer;
}

/**
 * Makes what was received of a file durable now and then, and notes behind it in the sidecar which chunks those are: the
 * sidecar never names a byte that a power cut could take. Receiving goes on meanwhile.
 */
export class Checkpoints {
  readonly #o: CheckpointOptions;
  #sidecar: FileHandle | null = null;
  #recorded = 0;
  #running: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  constructor(options: CheckpointOptions) {
    this.#o = options;
  }

  /** Begins one when the last one has ended. The bytes of all chunks that are known must be in the file. */
  async begin(): Promise<void> {
    await this.settle();
    this.#running = this.#record(this.#o.chunks.count).catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** Waits until the last one has ended, and throws what kept it from being one. */
  async settle(): Promise<void> {
    await this.#running;
    if (this.#failure !== null) throw this.#failure;
  }

  /** Never throws. */
  async close(): Promise<void> {
    await this.#running;
    await this.#sidecar?.close().catch(() => undefined);
    this.#sidecar = null;
  }

  async #record(count: number): Promise<void> {
    const { data, chunks, sidecarPath, directory, header } = this.#o;
    await data.datasync();
    const isFirst = this.#sidecar === null;
    this.#sidecar ??= await open(sidecarPath, 'wx', 0o600);
    const start = chunks.endOf(this.#recorded);
    const { ends, hashes } = chunks.slice(this.#recorded, count);
    const batch = encodeBatch(start, ends, hashes);
    await this.#sidecar.appendFile(isFirst ? Buffer.concat([header, batch]) : batch);
    await this.#sidecar.datasync();
    if (isFirst) fsyncDirectory(directory);
    this.#recorded = count;
  }
}
