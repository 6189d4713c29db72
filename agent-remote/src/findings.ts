import { openContent } from '@btsoot/shared/apply/content-reader.js';
import { HISTORY_ID } from '@btsoot/shared/manifest/manifest.js';
import { isUndo } from '@btsoot/shared/manifest/undo-name.js';
import type { Finding } from '@btsoot/shared/model/damage.js';
import type { FileNode } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { Pace } from '@btsoot/shared/scan/pace.js';
import type { OpenBlock } from './blocks.js';

/** What a block is known to hold that is damaged: the first of it by name, and how much it is. */
export interface Findings {
  readonly listed: readonly Finding[];
  readonly inTree: number;
  readonly inHistory: number;
}

/** @throws the signal's reason */
export async function findingsOf(block: OpenBlock, signal: AbortSignal): Promise<Findings> {
  const { manifest } = block;
  const pace = new Pace(signal);
  const listed: Finding[] = [];
  let inTree = 0;
  let inHistory = 0;
  for (let last = 0; ; ) {
    const damages = manifest.damagesAfter(last, limits.findingsPerMessageMax);
    if (damages.length === 0) break;
    for (const { id, kind, expected } of damages) {
      last = id;
      const { area, path } = manifest.locate(id);
      if (area === 'tree') inTree++;
      else inHistory++;
      if (listed.length >= limits.findingsListedMax) continue;
      const former = area === 'tree' ? { path, session: 0 } : (manifest.formerPlace(id) ?? { path, session: 0 });
      listed.push({ ...former, kind, sizeBytes: expected.sizeBytes });
    }
    if (pace.isDue()) await pace.rest();
  }
  for (const row of manifest.rows(HISTORY_ID)) {
    if (pace.isDue()) await pace.rest();
    if (row.kind !== 'file' || row.content === null || !isUndo(row) || canBeRead(block, row.content)) continue;
    inHistory++;
    if (listed.length >= limits.findingsListedMax) continue;
    const { path, session } = manifest.formerPlace(row.id) ?? { ...manifest.locate(row.id), session: 0 };
    listed.push({ path, kind: 'lost', session, sizeBytes: row.content.sizeBytes });
  }
  return { listed, inTree, inHistory };
}

/** As far as stats tell, and the tables of the undo files that lead there. */
function canBeRead(block: OpenBlock, content: NonNullable<FileNode['content']>): boolean {
  try {
    openContent(block, content).close();
    return true;
  } catch (error) {
    if (error instanceof BtsootError) return false;
    throw error;
  }
}
