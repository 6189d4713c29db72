import type { HashPool } from '../disk/hash-pool.js';
import type { TreeRoot } from '../disk/tree-root.js';
import type { Rules } from '../filter/rules.js';
import type { Manifest } from '../manifest/manifest.js';
import type { Name, TreePath } from '../model/bytes.js';
import type { NameRules } from '../model/disk-name.js';
import { limits } from '../model/limits.js';
import type { Report } from '../model/progress.js';
import { Drift, type OnDrift } from './drift.js';
import type { Elsewhere } from './elsewhere.js';
import { emptyLimbo } from './limbo.js';
import { settleLinks } from './links.js';
import { Pace } from './pace.js';
import type { SpecialsPolicy } from './specials.js';
import { type ScanSummary, Tally } from './tally.js';
import type { Due, TreeWatch } from './tree-watch.js';
import type { ScanMode } from './verdict.js';
import { Walk } from './walk.js';

export type { DriftFound } from './drift.js';
export type { Elsewhere, FileThere } from './elsewhere.js';
export type { SpecialsPolicy } from './specials.js';
export type { ScanSummary } from './tally.js';
export type { ScanMode } from './verdict.js';

export interface ScanOptions {
  readonly root: TreeRoot;
  readonly manifest: Manifest;
  readonly hasher: HashPool;
  readonly mode: ScanMode;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Names that are left out, at the root only. */
  readonly ignore: ReadonlySet<Name>;
  /** Of a mirror's file system. Null or left out: names are what they are on the disk, as an origin's always are. */
  readonly nameRules?: NameRules | null;
  /** False: directories are listed with node:fs, and the hashing threads read small files. Default: as `native/` does it, where it can. */
  readonly native?: boolean;
  /** Who may know already what files hold that would be read. Left out: nobody. */
  readonly elsewhere?: Elsewhere | null;
  /** Reads every file, whatever its stat says and whoever knows it. */
  readonly readAll?: boolean;
  /** Of a mirror: told of each entry that is not as the manifest had it, when it is clear what became of it. */
  readonly onDrift?: OnDrift;
  /**
   * Whether the file system has hard links: then the groups of names are what the disk says. Left out: it has. Where it
   * has not, they stay as they were given.
   */
  readonly hardLinks?: boolean;
  /** Default: `skip`. */
  readonly specials?: SpecialsPolicy;
  /** What else is left out; null: nothing, and a `.btsootignore` is a file like any other. */
  readonly filter: ScanFilter | null;
  /**
   * Of an origin: the scan looks only where something has changed, as far as the watch can tell, and the watch goes by it
   * from then on. What a summary counts is what was looked at. Left out: everything is looked at.
   */
  readonly watch?: TreeWatch;
  /** With a watch: looks at everything all the same. */
  readonly everything?: boolean;
  /**
   * Called when all was walked, before what was missed counts as gone. What it throws cuts the scan off.
   */
  readonly confirm?: () => void;
}

export interface ScanFilter {
  /** In force at the root, below what `.btsootignore` files say. */
  readonly rules: Rules;
  /** Paths that are scanned though rules ignore them. */
  readonly except: ((path: TreePath) => boolean) | null;
  /** Whether a folder in which something is left out is unknown, so that nobody takes it for all that it holds. */
  readonly leftOutIsUnknown: boolean;
}

/**
 * Makes the manifest say what the disk says. Reads files that are new or may have changed, and no others; entries that
 * were renamed keep their rows. What cannot be listed or read becomes unknown and stays; so does a file that is known to be
 * damaged, until its stat changes. A scan that is cut off leaves
 * rows in LIMBO, where the next one finds them; until one is complete, the manifest is no base for a plan.
 * @throws BtsootError when the signal fires (its reason, else of kind `cancelled`), and where the root itself cannot be read.
 */
export async function scanTree(options: ScanOptions): Promise<ScanSummary> {
  const { manifest, mode, report, signal } = options;
  const tally = new Tally(report);
  const pace = new Pace(signal);
  pace.check();
  const due: Due = options.watch?.begin(options.everything === true ? 'it was asked for' : null) ?? {
    kind: 'everything',
    why: 'nobody watches it',
  };
  let lookedAt: 'everything' | 'due' = 'everything';
  const work = async (): Promise<void> => {
    const drift = options.onDrift === undefined ? null : new Drift(manifest, options.onDrift);
    lookedAt = await new Walk(options, tally, pace, drift).run(due);
    options.confirm?.();
    await emptyLimbo({ manifest, tally, pace, drift });
    if (options.hardLinks !== false) await settleLinks(manifest, tally, pace);
    if (mode === 'origin') await reportDamage(manifest, tally, pace);
    manifest.settle();
  };
  // A mirror's scan finds next to nothing to write, and the rows of sessions lie beside what it writes.
  try {
    await (mode === 'origin' ? manifest.durableAtEnd(work) : work());
    options.watch?.end('complete', lookedAt);
  } catch (error) {
    options.watch?.end('cut-off', lookedAt);
    throw error;
  }
  return { ...tally.summary(), lookedAt };
}

const DAMAGED =
  'is damaged: its bytes are no longer those that it had, though its size and times are. They are not sent, and the remote keeps its copy. Replace the file, or have `btsoot verify --repair` do it';

/** What is known to be damaged is told again by each scan, for as long as it is so. */
async function reportDamage(manifest: Manifest, tally: Tally, pace: Pace): Promise<void> {
  for (let last = 0; ; ) {
    const damages = manifest.damages.after(last, limits.findingsPerMessageMax);
    if (damages.length === 0) return;
    for (const { id } of damages) {
      last = id;
      tally.problem(manifest.locate(id).path, 'damaged', DAMAGED);
    }
    if (pace.isDue()) await pace.rest();
  }
}
