import type { Manifest } from '../manifest/manifest.js';

/** How far a walk over all contents has come. Files and bytes are of this pass, also where it was cut and taken up. */
export interface ScrubProgress {
  readonly files: number;
  readonly filesTotal: number;
  readonly bytes: number;
  readonly bytesTotal: number;
  /** Waits for a session to end. */
  readonly paused: boolean;
}

/** A walk that is under way, as the manifest keeps it. Times are microseconds since the epoch. */
export interface ScrubPass {
  /** All rows up to this id have been read. */
  readonly position: number;
  readonly startedUs: number;
  readonly files: number;
  readonly bytes: number;
}

/** A walk that came to its end. */
export interface ScrubEnd {
  readonly startedUs: number;
  readonly finishedUs: number;
  readonly files: number;
  readonly bytes: number;
}

export interface ScrubState {
  readonly pass: ScrubPass | null;
  readonly last: ScrubEnd | null;
  /** When a timetable first came across this block; null: it never did. */
  readonly noticedUs: number | null;
}

const SETTING = 'scrub';
const NONE: ScrubState = { pass: null, last: null, noticedUs: null };

export function readScrubState(manifest: Pick<Manifest, 'setting'>): ScrubState {
  const text = manifest.setting(SETTING);
  return text === null ? NONE : { ...NONE, ...(JSON.parse(text) as Partial<ScrubState>) };
}

export function writeScrubState(manifest: Manifest, changes: Partial<ScrubState>): void {
  manifest.setSetting(SETTING, JSON.stringify({ ...readScrubState(manifest), ...changes }));
}
