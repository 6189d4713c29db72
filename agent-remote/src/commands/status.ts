import { freeBytes } from '@btsoot/shared/disk/file-system.js';
import { type HistorySize, Manifest } from '@btsoot/shared/manifest/manifest.js';
import { display, fromText, type TreePath } from '@btsoot/shared/model/bytes.js';
import { fromSystemError } from '@btsoot/shared/model/errors.js';
import { readScrubState } from '@btsoot/shared/scrub/progress.js';
import { blockDirectory } from '../block-folder.js';
import { listBlocks } from '../blocks.js';
import { requireConfig } from '../config.js';
import { type Layout, layoutOf } from '../layout.js';
import { bytesText, print } from '../output.js';
import { rulesOf } from '../retention-config.js';
import { rulesText } from '../retention-rules.js';
import { holderOfRoot, type RootHolder } from '../root-lock.js';
import { SourceRegistry } from '../sources.js';

type BlockStatus =
  | {
      readonly folder: string;
      readonly entries: number;
      readonly bytes: number;
      readonly lastSession: string | null;
      readonly history: HistorySize;
      /** When all contents were last read again to the end, and whether that is under way. */
      readonly lastScrub: string | null;
      readonly isScrubUnderWay: boolean;
      /** Files known to be damaged, in the tree and in history. */
      readonly damaged: number;
    }
  | { readonly folder: string; readonly error: string };

interface RemoteStatus {
  readonly root: string;
  readonly name: string;
  readonly listen: string;
  readonly freeBytes: number;
  /** The process that has the root now, or null. */
  readonly holder: RootHolder | null;
  readonly pairedSources: number;
  /** How long history is kept, in words. */
  readonly retention: string;
  readonly blocks: readonly BlockStatus[];
}

export function status({ root, json }: { readonly root: string; readonly json: boolean }): void {
  const found = readStatus(layoutOf(root));
  if (json) print(JSON.stringify(found));
  else for (const line of lines(found)) print(line);
}

function readStatus(layout: Layout): RemoteStatus {
  const { name, listen, retention } = requireConfig(layout);
  return {
    root: layout.root,
    name,
    listen: `${listen.host}:${listen.port}`,
    freeBytes: freeBytes(fromText(layout.root)),
    holder: holderOfRoot(layout),
    pairedSources: new SourceRegistry(layout.sourcesFile).list().filter((source) => source.revokedAt === null).length,
    retention: rulesText(rulesOf(retention)),
    blocks: listBlocks(layout).map((folder) => blockStatus(layout, folder)),
  };
}

function blockStatus(layout: Layout, folder: TreePath): BlockStatus {
  try {
    const manifest = Manifest.open(`${blockDirectory(layout, folder)}/manifest.db`);
    try {
      const { entryCount: entries, totalBytes: bytes } = manifest.root();
      const last = manifest.sessions()[0];
      const lastSession = last === undefined ? null : new Date(last.startedUs / 1000).toISOString();
      const { pass, last: scrubbed } = readScrubState(manifest);
      const lastScrub = scrubbed === null ? null : new Date(scrubbed.finishedUs / 1000).toISOString();
      const damaged = manifest.damages.count();
      return {
        folder: display(folder),
        entries,
        bytes,
        lastSession,
        lastScrub,
        isScrubUnderWay: pass !== null,
        damaged,
        history: manifest.historySize(),
      };
    } finally {
      manifest.close();
    }
  } catch (error) {
    return { folder: display(folder), error: fromSystemError(error, 'opening the manifest').message };
  }
}

function historyLine({ sessions, oldestUs, versions, bytes }: HistorySize): string[] {
  if (sessions === 0) return [];
  const since = `${sessions} session${sessions === 1 ? '' : 's'} since ${new Date(oldestUs / 1000).toISOString()}`;
  return [`    history: ${since}, ${versions} old version${versions === 1 ? '' : 's'}, about ${bytesText(bytes)}`];
}

function lines(found: RemoteStatus): string[] {
  const { holder } = found;
  const blocks = found.blocks.flatMap((block) => {
    if ('error' in block) return [`  ${block.folder}: ${block.error}`];
    const last = block.lastSession === null ? 'never synced' : `last changed ${block.lastSession}`;
    const scrubbed = block.lastScrub === null ? 'never scrubbed' : `scrubbed ${block.lastScrub}`;
    const damaged = block.damaged === 0 ? '' : `, ${block.damaged} DAMAGED`;
    const head = `  ${block.folder}: ${block.entries} entries, ${bytesText(block.bytes)}, ${last}, ${scrubbed}${damaged}`;
    return [head, ...historyLine(block.history)];
  });
  return [
    `remote   ${found.name} in ${found.root}, ${bytesText(found.freeBytes)} free`,
    `serving  ${holder === null ? 'no' : `process ${holder.pid} ${holder.purpose} since ${holder.since}`}, configured for ${found.listen}`,
    `sources  ${found.pairedSources} paired`,
    `history  is kept for ${found.retention}`,
    blocks.length === 0 ? 'blocks   none yet' : 'blocks',
    ...blocks,
  ];
}
