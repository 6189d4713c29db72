import { openContent } from '@btsoot/shared/apply/content-reader.js';
import type { Name } from '@btsoot/shared/model/bytes.js';
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
    const damages = manifest.damages.after(last, limits.findingsPerMessageMax);
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
  for await (const row of lostVersions(block, pace)) {
    inHistory++;
    if (listed.length >= limits.findingsListedMax) continue;
    const { path, session } = manifest.formerPlace(row.id) ?? { ...manifest.locate(row.id), session: 0 };
    listed.push({ path, kind: 'lost', session, sizeBytes: row.content?.sizeBytes ?? 0 });
  }
  return { listed, inTree, inHistory };
}

/** Old versions whose undo files are there, and what these lead back from is not. */
async function* lostVersions(block: OpenBlock, pace: Pace): AsyncGenerator<FileNode, void, undefined> {
  const { manifest } = block;
  for (let last = '' as Name; ; ) {
    const ids = manifest.damages.undoFilesAfter(last, limits.findingsPerMessageMax);
    if (ids.length === 0) return;
    for (const id of ids) {
      if (pace.isDue()) await pace.rest();
      const row = manifest.row(id);
      if (row?.kind !== 'file') continue;
      last = row.name;
      if (row.content !== null && !canBeRead(block, row.content)) yield row;
    }
  }
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
