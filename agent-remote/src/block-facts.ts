import { type HistorySize, Manifest } from '@btsoot/shared/manifest/manifest.js';
import { readScrubState, type ScrubState } from '@btsoot/shared/scrub/progress.js';

/** What a block's manifest says of it at a glance. */
export interface BlockFacts {
  readonly entries: number;
  readonly bytes: number;
  readonly history: HistorySize;
  /** When a session last began that changed something, in microseconds since the epoch; 0: none did. */
  readonly lastSessionUs: number;
  readonly scrub: ScrubState;
  /** Files known to be damaged, in the tree and in history. */
  readonly damaged: number;
}

export function factsIn(manifest: Manifest): BlockFacts {
  const { entryCount: entries, totalBytes: bytes } = manifest.root();
  return {
    entries,
    bytes,
    history: manifest.historySize(),
    lastSessionUs: manifest.sessions()[0]?.startedUs ?? 0,
    scrub: readScrubState(manifest),
    damaged: manifest.damages.count(),
  };
}

/** Opens the manifest for a moment. */
export function factsOfFile(manifestFile: string): BlockFacts {
  const manifest = Manifest.open(manifestFile);
  try {
    return factsIn(manifest);
  } finally {
    manifest.close();
  }
}
