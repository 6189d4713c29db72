import type { TreePath } from '@btsoot/shared/model/bytes.js';
import type { DriftHow, DriftPolicy } from '@btsoot/shared/model/drift.js';
import type { Problem, Report } from '@btsoot/shared/model/progress.js';
import type { PlanSummary, Step } from '@btsoot/shared/model/step.js';
import type { ScanSummary } from '@btsoot/shared/scan/scan.js';
import type { RemoteClient } from '@btsoot/shared/wire/client.js';
import type { HistorySummary } from '@btsoot/shared/wire/convert.js';
import type { Acceptance } from './acceptance.js';
import type { Config } from './config.js';
import type { Logger } from './log.js';
import type { Paths } from './paths.js';
import type { SourceWatch } from './source-watch.js';
import type { Timetable } from './timetable.js';

/**
 * Where a block is mirrored to. `root` is an absolute directory as a byte string (see model/bytes.ts), `folder` lies
 * below it or below the remote's root.
 */
export type BlockTarget =
  | { readonly kind: 'local'; readonly root: string; readonly folder: TreePath }
  | { readonly kind: 'remote'; readonly remote: string; readonly folder: TreePath };

/** What the guard lets pass without asking. */
export interface BlockGuard {
  readonly sharePercent: number;
  readonly entries: number;
}

/** A named pair of a source directory and a target folder, as the config file says it. */
export interface Block {
  readonly name: string;
  /** Absolute directory, as a byte string. */
  readonly source: string;
  /** `fileSystemIdentity` of the source when the block was added. */
  readonly sourceIdentity: string;
  readonly target: BlockTarget;
  readonly drift: DriftPolicy;
  /** Whether a remote that may choose owners goes by their numbers or by their names. */
  readonly owners: 'number' | 'name';
  /** Whether FIFOs and devices are mirrored, or left out and counted. */
  readonly specials: 'skip' | 'mirror';
  /** How many files of the source are read at a time; null: one where its disk turns, else as many as there are processors. */
  readonly readers: number | null;
  readonly guard: BlockGuard;
  /** Patterns in gitignore's syntax, as byte strings: what of the source is not mirrored. */
  readonly ignore: readonly string[];
  /** What becomes of the remote's copy of what is ignored: it stays as it is, or goes to history. */
  readonly ignored: 'keep' | 'remove';
  /** Whether a running agent syncs what changes, once it has come to rest for `settleMs`. */
  readonly watch: boolean;
  readonly settleMs: number;
  /** When a running agent syncs it; null: not by the clock. */
  readonly schedule: Timetable | null;
  readonly hooks: BlockHooks;
  /** The address of a service that wants to hear of each sync, such as healthchecks.io; null: none. */
  readonly ping: string | null;
}

/** The person's own commands around each sync, for `/bin/sh -c`. */
export interface BlockHooks {
  readonly before: string | null;
  readonly after: string | null;
  /** Of each. */
  readonly limitMs: number;
}

/** An open way to a block's remote agent. */
export interface Connection {
  readonly client: RemoteClient;
  /** Also ends an embedded remote agent. Never throws. */
  close(): Promise<void>;
}

/** What every command that works on blocks has at hand. */
export interface Context {
  readonly config: Config;
  readonly paths: Paths;
  readonly log: Logger;
  /** @throws BtsootError of kind `unreachable` where there is nobody to talk to. */
  connect(block: Block): Promise<Connection>;
}

/** One planned step for people and for JSON. Paths are for display. */
export interface StepView {
  readonly kind: Step['kind'];
  readonly path: string;
  /** Where a move comes from; of a hard link, the name that the file has already. */
  readonly from: string | null;
  /** Of a file that is put or copied; 0 for all else. */
  readonly sizeBytes: number;
  /** Content bytes that cross the wire at most. */
  readonly wireBytes: number;
  /** Entries that leave the tree or lose their content by this step. */
  readonly lostEntries: number;
}

export interface PlanView {
  readonly summary: PlanSummary;
  readonly digest: string;
  /** Null unless asked for by a dry run. Where the running agent planned, perhaps only the first of them. */
  readonly steps: readonly StepView[] | null;
}

export interface WatchOptions {
  readonly signal: AbortSignal;
  readonly report: Report;
}

export interface SyncOptions extends WatchOptions {
  readonly dryRun: boolean;
  /** Of a plan that the guard refuses otherwise. The same one for all tries. */
  readonly acceptance: Acceptance;
  /** Null: as the block's setting says. */
  readonly drift: DriftPolicy | null;
  /** Null where no agent watches the source. */
  readonly watch: SourceWatch | null;
  /** `changes`: what the watch knows of; without one, everything. */
  readonly looksAt: 'everything' | 'changes';
}

/** What the remote found changed in its tree by others than us. */
export interface DriftView {
  /** Entries that the check at the session's start found changed. */
  readonly drifted: number;
  /** Entries that are known to be damaged there. */
  readonly damaged: number;
  /** The first of both, for display. */
  readonly paths: readonly {
    readonly path: string;
    readonly how: DriftHow;
    /** Versions in history that cannot be read until what was there is back. */
    readonly olderVersions: number;
    readonly message: string;
  }[];
}

/** How a sync or a restore ended. Anything that stopped it is thrown as a BtsootError instead. */
export interface SyncResult {
  /**
   * - `unchanged`: there was nothing to do
   * - `done`: all of it was done
   * - `partial`: done, but for the entries that `problems` names
   * - `planned`: a dry run
   * - `refused`: the guard said no, for `reasons`
   */
  readonly kind: 'unchanged' | 'done' | 'partial' | 'planned' | 'refused';
  readonly block: string;
  readonly plan: PlanView | null;
  readonly reasons: readonly string[];
  /** Of a refusal: whether the plan goes through when its digest is accepted. */
  readonly acceptable: boolean;
  /** The first of them; `problemCount` counts all. */
  readonly problems: readonly Problem[];
  readonly problemCount: number;
  /** FIFOs, sockets and devices of the source that are left out. */
  readonly specials: number;
  /** Entries that were changed whose extended attributes the target's disk does not all hold: its manifest does. */
  readonly unheldXattrs: number;
  /** What patterns leave out of the source; a folder counts as one. */
  readonly ignored: number;
  /** Content bytes that crossed the wire, as they crossed: less where they were compressed. */
  readonly sentBytes: number;
  /** Content bytes of what was done that did not cross the wire. */
  readonly savedBytes: number;
  readonly steps: number;
  readonly durationMs: number;
  /** In the block's tree. */
  readonly entries: number;
  /** The session's number in history, 0 where nothing changed. */
  readonly session: number;
  readonly drift: DriftView;
  /** What the target keeps of the past; null where nothing was done there. */
  readonly history: HistorySummary | null;
  /** What else the person is told, in whole phrases. */
  readonly notes: readonly string[];
}

export type RestoreResult = SyncResult;

/** A moment in a block's history: a session's number, or microseconds since the epoch. */
export type Moment = { readonly kind: 'session'; readonly number: number } | { readonly kind: 'time'; readonly us: number };

export interface RestoreOptions extends WatchOptions {
  /** What to restore; empty: the whole block. */
  readonly paths: readonly TreePath[];
  /** Absolute directory as a byte string; null: the block's source. */
  readonly to: string | null;
  /** Null: the newest state. */
  readonly at: Moment | null;
  readonly dryRun: boolean;
  /** Overwrites local files even where the remote does not hold their content. */
  readonly force: boolean;
  /** Removes local entries that the restored state does not have. */
  readonly delete: boolean;
  /** Only the source's files that are known to be damaged, and of these what the backup has as it should be. */
  readonly damagedOnly: boolean;
  /** Digest of the plan that the person has seen; null: whatever comes out. Another one is refused. */
  readonly expectedPlan: string | null;
  /** Tries after the first, or after one that got on, where the remote is unreachable or the block is busy. */
  readonly retries: number;
}

export type ScanResult = ScanSummary & { readonly stateDigest: string };

export type SyncBlock = (context: Context, block: Block, options: SyncOptions) => Promise<SyncResult>;
