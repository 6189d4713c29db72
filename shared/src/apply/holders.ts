import { isUndo } from '../manifest/undo-name.js';
import type { Content, FileNode } from '../model/entry.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { StepFailed } from './action.js';
import type { Holdings } from './content-reader.js';
import { Places } from './places.js';
import { sameIdentity } from './resolve.js';

/**
 * Gives `use` the place of a file that holds the content as it is, another one if that was the wrong one's fault, and so
 * on. The place is void when what `use` returns is settled.
 * @throws what the last one failed with; StepFailed where there is none
 */
export async function withHolder<T>(holdings: Holdings, content: Content, use: (place: Buffer) => Promise<T>): Promise<T> {
  const { tree, area, manifest } = holdings;
  const places = new Places(tree, area, manifest);
  let failure: unknown = new StepFailed({ kind: 'withdrawn', message: 'no file here holds this content' });
  try {
    for (const holder of manifest.holdersOf(content, limits.holdersTriedMax)) {
      if (isUndo(holder)) continue;
      try {
        checkHolder(holdings, holder, places);
        return await use(places.place(holder.parent, holder.name));
      } catch (error) {
        failure = error;
        if (!isHoldersFault(error)) break;
        // The next check of the tree must read this file again. History is not checked: it is judged at each use.
        if (manifest.locate(holder.id).area === 'tree') manifest.setSeen(holder.id, null);
      }
    }
    throw failure;
  } finally {
    places.close();
  }
}

function checkHolder({ manifest, shortcomings }: Holdings, holder: FileNode, places: Places): void {
  const known = manifest.seen(holder.id);
  const now = places.look(holder.parent, holder.name);
  if (known === null || now === null || !sameIdentity(known, now, 'file', shortcomings)) {
    throw new StepFailed({ kind: 'drift', message: 'the file that holds this content has changed on the disk' });
  }
}

/** Whether the file that should hold a content is to blame, and another one may do. */
function isHoldersFault(error: unknown): boolean {
  if (error instanceof StepFailed) return error.outcome.kind === 'drift' || error.outcome.kind === 'mismatch';
  return error instanceof BtsootError && error.kind === 'drift';
}
