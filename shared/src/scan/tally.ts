import { display, endOfPath, type TreePath } from '../model/bytes.js';
import { limits } from '../model/limits.js';
import type { Problem, Report } from '../model/progress.js';

/** What a scan found and did. */
export interface ScanSummary {
  /** Files, directories and symlinks on disk, the root itself not counted. */
  readonly entries: number;
  /** Files that were read to their end, and their bytes; one that was read twice counts twice. */
  readonly hashedFiles: number;
  readonly hashedBytes: number;
  /** Files that were not read because others had read them. */
  readonly knownFiles: number;
  /** Insertions, changes, renames and removals of rows. */
  readonly changed: number;
  readonly renamed: number;
  readonly removed: number;
  /** FIFOs, sockets and devices, which are left out. */
  readonly specials: number;
  /** What filters left out; a folder counts as one, since nobody has looked into it. */
  readonly ignored: number;
  /** The first of them; `problemCount` says how many there were. */
  readonly problems: Problem[];
  readonly problemCount: number;
  /** `due`: only where something has changed; then the counts of what is there are of that. */
  readonly lookedAt: 'everything' | 'due';
}

const REPORT_INTERVAL_MS = 200;

/** Counts while a scan runs, and reports as it goes: progress at most five times a second. */
export class Tally {
  entries = 0;
  hashedFiles = 0;
  hashedBytes = 0;
  knownFiles = 0;
  changed = 0;
  renamed = 0;
  removed = 0;
  specials = 0;
  ignored = 0;
  problemCount = 0;
  readonly problems: Problem[] = [];
  readonly #report: Report;
  #reportDueMs = 0;

  constructor(report: Report) {
    this.#report = report;
  }

  progress(path: TreePath): void {
    const nowMs = performance.now();
    if (nowMs < this.#reportDueMs) return;
    this.#reportDueMs = nowMs + REPORT_INTERVAL_MS;
    const { entries, hashedFiles, hashedBytes } = this;
    this.#report({ kind: 'scanned', entries, hashedFiles, hashedBytes, path: display(path) });
  }

  problem(path: TreePath, kind: Problem['kind'], message: string): void {
    this.problemCount++;
    if (this.problems.length >= limits.problemsListedMax) return;
    const problem = { path: endOfPath(display(path), limits.problemPathLengthMax), kind, message };
    this.problems.push(problem);
    this.#report({ kind: 'problem', problem });
  }

  summary(): Omit<ScanSummary, 'lookedAt'> {
    const { entries, hashedFiles, hashedBytes, knownFiles, changed, renamed, removed } = this;
    const { specials, ignored, problems, problemCount } = this;
    const read = { hashedFiles, hashedBytes, knownFiles };
    return { entries, ...read, changed, renamed, removed, specials, ignored, problems, problemCount };
  }
}
