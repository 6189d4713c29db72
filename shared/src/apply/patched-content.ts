import type { OpenContent } from './content-reader.js';
import type { PatchFile } from './patch-file.js';

/** An old version of a file that was patched in place since, put together again while it is read. */
export class PatchedContent implements OpenContent {
  readonly sizeBytes: number;
  readonly #below: OpenContent;
  readonly #undos: readonly PatchFile[];

  /**
   * @param below what is there as a whole; closed with this
   * @param undos from the content that is wanted to the one that `below` is
   */
  constructor(below: OpenContent, undos: readonly PatchFile[]) {
    this.#below = below;
    this.#undos = undos.toReversed();
    this.sizeBytes = (undos[0]?.makes ?? below).sizeBytes;
  }

  read(into: Buffer, position: number): number {
    const wanted = into.subarray(0, Math.max(0, Math.min(into.length, this.sizeBytes - position)));
    // What the content below is too short for is covered by the patches: a patch file is not accepted otherwise.
    this.#below.read(wanted, position);
    for (const undo of this.#undos) undo.overlay(wanted, position);
    return wanted.length;
  }

  close(): void {
    this.#below.close();
  }
}
