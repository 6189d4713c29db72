import type { DiskSpace } from '@btsoot/shared/disk/file-system.js';
import { counter, type Family, gauge, one, type Sample, secondsOfUs } from '@btsoot/shared/metrics/family.js';
import type { ScrubProgress } from '@btsoot/shared/scrub/progress.js';
import type { BlockFacts } from './block-facts.js';

export interface RemoteFacts {
  readonly version: string;
  readonly sessions: number;
  readonly deniedCalls: number;
  readonly pairedSources: number;
  readonly space: DiskSpace;
  readonly blocks: readonly BlockSample[];
}

export interface BlockSample {
  /** For display. */
  readonly folder: string;
  /** Null: its manifest cannot be read. */
  readonly facts: BlockFacts | null;
  /** Null: its contents are not being read again. */
  readonly scrubbing: ScrubProgress | null;
}

/** A remote agent's metrics. What never was is 0. */
export function remoteFamilies({ version, sessions, deniedCalls, pairedSources, space, blocks }: RemoteFacts): Family[] {
  const each = (of: (facts: BlockFacts, block: BlockSample) => number): Sample[] =>
    blocks.flatMap((block) => (block.facts === null ? [] : [{ labels: { block: block.folder }, value: of(block.facts, block) }]));
  return [
    gauge('btsoot_remote_build_info', 'The version that runs: always 1.', [{ labels: { version }, value: 1 }]),
    gauge('btsoot_remote_open_sessions', 'Syncs and restores that go on.', one(sessions)),
    counter('btsoot_remote_denied_calls_total', 'Calls that were denied since the agent began.', one(deniedCalls)),
    gauge('btsoot_remote_paired_sources', 'Sources that are let in.', one(pairedSources)),
    gauge('btsoot_remote_free_bytes', 'What a plain user may still write to the disk.', one(space.freeBytes)),
    gauge('btsoot_remote_disk_bytes', 'The size of the disk.', one(space.totalBytes)),
    gauge('btsoot_remote_blocks', 'Blocks below the root.', one(blocks.length)),
    gauge(
      'btsoot_remote_block_readable',
      "Whether the block's manifest can be read; what is said of it else is missing then.",
      blocks.map(({ folder, facts }) => ({ labels: { block: folder }, value: Number(facts !== null) })),
    ),
    gauge(
      'btsoot_remote_block_entries',
      'Entries of the mirror.',
      each(({ entries }) => entries),
    ),
    gauge(
      'btsoot_remote_block_bytes',
      'Content of the mirror.',
      each(({ bytes }) => bytes),
    ),
    gauge(
      'btsoot_remote_last_session_timestamp_seconds',
      'When a session last began that changed something; 0: none did.',
      each(({ lastSessionUs }) => secondsOfUs(lastSessionUs)),
    ),
    gauge(
      'btsoot_remote_history_sessions',
      'Sessions that history keeps.',
      each(({ history }) => history.sessions),
    ),
    gauge(
      'btsoot_remote_history_versions',
      'Old versions that history keeps.',
      each(({ history }) => history.versions),
    ),
    gauge(
      'btsoot_remote_history_bytes',
      'What they take on the disk, about.',
      each(({ history }) => history.bytes),
    ),
    gauge(
      'btsoot_remote_damaged_files',
      'Files and old versions that are known to be damaged.',
      each(({ damaged }) => damaged),
    ),
    ...scrubFamilies(each),
  ];
}

function scrubFamilies(each: (of: (facts: BlockFacts, block: BlockSample) => number) => Sample[]): Family[] {
  return [
    gauge(
      'btsoot_remote_last_scrub_timestamp_seconds',
      'When all contents were last read again to the end; 0: never.',
      each(({ scrub }) => secondsOfUs(scrub.last?.finishedUs ?? 0)),
    ),
    gauge(
      'btsoot_remote_scrub_active',
      'Whether contents are being read again, waiting for sessions included.',
      each((_, { scrubbing }) => Number(scrubbing !== null)),
    ),
    gauge(
      'btsoot_remote_scrub_read_bytes',
      'What the reading that is under way, or was cut off, has read.',
      each(({ scrub }, { scrubbing }) => Math.max(scrubbing?.bytes ?? 0, scrub.pass?.bytes ?? 0)),
    ),
    gauge(
      'btsoot_remote_scrub_total_bytes',
      'What it is to read in all, as far as that is known.',
      each((_, { scrubbing }) => scrubbing?.bytesTotal ?? 0),
    ),
  ];
}
