import { fromText, isWithin, type TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { parseTreePath } from '@btsoot/shared/model/names.js';

/** What a source may reach: everything below the root, or these folders (text, relative to the root) and what is in them. */
export type Grants = 'everything' | readonly string[];

export function isGranted(grants: Grants, folder: TreePath): boolean {
  return grants === 'everything' || grants.some((granted) => isWithin(folder, fromText(granted) as TreePath));
}

/**
 * Reads the folders of `--grant`; none means everything.
 * @throws BtsootError of kind `invalid` for what is no folder name.
 */
export function parseGrants(folders: readonly string[]): Grants {
  if (folders.length === 0) return 'everything';
  const grants = folders.map((folder) => folder.replace(/^\/+|\/+$/g, ''));
  for (const grant of grants) {
    // More likely a variable of a script that was never set than a wish to grant everything.
    if (grant === '') {
      throw new BtsootError('invalid', 'a granted folder has no name', { hint: 'Leave --grant out to grant everything.' });
    }
    parseTreePath(Buffer.from(grant, 'utf8'));
  }
  return grants;
}

export function describeGrants(grants: Grants): string {
  return grants === 'everything' ? 'everything' : grants.join(', ');
}
