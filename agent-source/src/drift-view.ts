import { display, endOfPath } from '@btsoot/shared/model/bytes.js';
import type { Drifted, DriftHow } from '@btsoot/shared/model/drift.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { plural } from './output/human.js';
import type { DriftView } from './sync-types.js';

export const NO_DRIFT: DriftView = { drifted: 0, damaged: 0, paths: [] };

const WORDS: Readonly<Record<DriftHow, string>> = {
  edited: 'was edited on the remote by somebody else; what was there is kept in history',
  replaced: 'was replaced on the remote by somebody else; what was there is kept in history',
  added: 'was added on the remote by somebody else; what the source does not have goes to history',
  removed: 'was removed on the remote by somebody else',
  moved: 'was moved on the remote by somebody else',
  changed: 'has another mode, owner or time on the remote, where somebody else changed it',
  damaged: 'is damaged on the remote: the disk does not give back what was written there',
};

/** One entry of the remote's that is not as we left it, in words. */
export function driftView({ path, how, olderVersions }: Drifted): DriftView['paths'][number] {
  const message = olderVersions === 0 ? WORDS[how] : `${WORDS[how]}; ${lossText(olderVersions)}`;
  return { path: path === '' ? '.' : endOfPath(display(path), limits.problemPathLengthMax), how, olderVersions, message };
}

function lossText(versions: number): string {
  const older = plural(versions, 'older version');
  return `${older} of it ${versions === 1 ? 'was' : 'were'} kept with what is gone, and lost unless a sync brings that back`;
}
