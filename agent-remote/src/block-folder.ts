import { join } from 'node:path';
import { display, isWithin, type TreePath, toBytes } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { parseTreePath } from '@btsoot/shared/model/names.js';
import { homeName, type Layout } from './layout.js';

/**
 * The name of a block's private folder in `.btsoot/blocks`: the block's folder with every byte but letters, digits,
 * `_`, `-` and inner dots as `%XX`. So it is one name, plain ASCII, and can be read back.
 * @throws BtsootError of kind `invalid` where that is longer than a file name may be.
 */
export function escapeFolder(folder: TreePath): string {
  const escaped = folder.replace(
    /[^A-Za-z0-9_.-]|^\./g,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
  if (escaped.length > limits.nameLengthMaxBytes) {
    throw new BtsootError('invalid', `the folder name "${display(folder)}" is too long for a block`, {
      hint: `Choose one of at most ${limits.nameLengthMaxBytes} plain letters and digits.`,
    });
  }
  return escaped;
}

/** The folder that `escapeFolder` made this name of, or null for a name that it never makes. */
export function unescapeFolder(name: string): TreePath | null {
  const bytes = name.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  try {
    const folder = parseTreePath(toBytes(bytes));
    checkBlockFolder(folder);
    return escapeFolder(folder) === name ? folder : null;
  } catch {
    return null;
  }
}

/** A block's private folder, absolute: manifest, staging, stash and history lie in it. */
export function blockDirectory(layout: Layout, folder: TreePath): string {
  return join(layout.blocksDirectory, escapeFolder(folder));
}

/**
 * Refuses folders that can be no block, whoever asks: the root itself, and what lies in or is `.btsoot`.
 * @throws BtsootError of kind `invalid`.
 */
export function checkBlockFolder(folder: TreePath): void {
  if (folder === '') {
    throw new BtsootError('invalid', "the remote's root itself cannot be a block", {
      hint: 'Name a folder below it: BTSOOT keeps its own records beside the folder, never in it.',
    });
  }
  // Whatever the case: the disk may be one that does not tell them apart.
  if (isWithin(foldCase(folder), homeName as TreePath)) {
    throw new BtsootError('invalid', `"${display(folder)}" lies in BTSOOT's own folder`, { hint: 'Choose another folder.' });
  }
}

/**
 * Refuses a new block that lies in another block, holds one, or is one but for upper and lower case, which not every
 * disk tells apart: two manifests would then claim the same files.
 * @throws BtsootError of kind `refused` that names the other block.
 */
export function checkNotNested(folder: TreePath, others: readonly TreePath[]): void {
  const folded = foldCase(folder);
  for (const other of others) {
    const otherFolded = foldCase(other);
    if (other === folder) continue;
    if (otherFolded === folded) {
      throw new BtsootError('refused', `the block "${display(other)}" differs from "${display(folder)}" only in case`, {
        hint: 'Not every disk tells the two apart. Use the block that is there, or choose another folder.',
      });
    }
    if (isWithin(folded, otherFolded) || isWithin(otherFolded, folded)) {
      throw new BtsootError('refused', `the folder "${display(folder)}" and the block "${display(other)}" lie in each other`, {
        hint: 'Blocks must lie beside each other. Choose another folder.',
      });
    }
  }
}

/** ASCII letters as lower case: that much every disk that ignores case agrees on. */
function foldCase(folder: TreePath): TreePath {
  return folder.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) as TreePath;
}
