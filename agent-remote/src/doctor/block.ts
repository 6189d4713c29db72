import { statSync } from 'node:fs';
import { join } from 'node:path';
import { judgeManifest, lookAtManifest } from '@btsoot/shared/doctor/manifests.js';
import type { ManifestFacts, ManifestInspection } from '@btsoot/shared/manifest/inspection.js';
import { display, type TreePath, toBytes } from '@btsoot/shared/model/bytes.js';
import { Check, type Diagnosis } from '@btsoot/shared/model/diagnosis.js';
import { readScrubState } from '@btsoot/shared/scrub/progress.js';
import { blockDirectory } from '../block-folder.js';
import type { Layout } from '../layout.js';
import { judgeBlock, judgeScrub, judgeStraySlots } from './block-rules.js';
import { findStraySlots } from './stray-slots.js';

export interface BlockExamination {
  readonly layout: Layout;
  readonly isServed: boolean;
  readonly thorough: boolean;
  /** Null: nothing scrubs by itself. */
  readonly scrubEveryDays: number | null;
}

export interface ExaminedBlock {
  readonly diagnoses: readonly Diagnosis[];
  /** When its newest session began; 0 where that is not known. */
  readonly newestUs: number;
}

/** A block's manifest, what is in it that needs somebody, and its history on the disk. */
export function examineBlock(folder: TreePath, examination: BlockExamination): ExaminedBlock {
  const { layout, thorough } = examination;
  const block = display(folder);
  const directory = blockDirectory(layout, folder);
  const inside: Diagnosis[] = [];
  const look = lookAtManifest(join(directory, 'manifest.db'), thorough ? 'all' : 'small', (open, facts) => {
    inside.push(...examineInside(folder, open, facts, examination));
  });
  const newestUs = look.kind === 'read' ? look.facts.newestSessionUs : 0;
  return { diagnoses: [judgeManifest(block, 'its manifest', look), ...inside], newestUs };
}

function examineInside(
  folder: TreePath,
  open: ManifestInspection,
  facts: ManifestFacts,
  examination: BlockExamination,
): Diagnosis[] {
  const { layout, isServed, scrubEveryDays } = examination;
  const block = display(folder);
  const { isJournalOpen, damaged } = facts;
  const place = Buffer.concat([Buffer.from(`${layout.root}/`), toBytes(folder)]);
  const isFolderThere = statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  const state = { block, folder: `${layout.root}/${block}`, isFolderThere, isJournalOpen, isServed, damaged };
  const found = judgeBlock(state);
  // What a journal is about gets its rows when it is gone through.
  if (!isJournalOpen) found.push(...examineHistory(open, block, join(blockDirectory(layout, folder), 'history')));
  if (scrubEveryDays !== null) {
    const { last, noticedUs, pass } = readScrubState(open);
    const scrub = { lastUs: last?.finishedUs ?? null, noticedUs, isUnderWay: pass !== null, everyDays: scrubEveryDays };
    found.push(judgeScrub(block, scrub, Date.now() * 1000));
  }
  return found;
}

function examineHistory(open: ManifestInspection, block: string, directory: string): Diagnosis[] {
  try {
    return judgeStraySlots(findStraySlots(open, block, directory, Date.now()));
  } catch (error) {
    return [new Check('history', block).failed(error, `Make ${directory} a folder that this user can read.`)];
  }
}
