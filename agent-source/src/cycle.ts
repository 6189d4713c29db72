import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { type Content, contentKey } from '@btsoot/shared/model/entry.js';
import type { Plan } from '@btsoot/shared/model/step.js';
import { type GuardVerdict, guard } from '@btsoot/shared/reconcile/guard.js';
import { type FittingPlan, withoutOversized } from '@btsoot/shared/reconcile/oversized.js';
import { makePlan } from '@btsoot/shared/reconcile/plan.js';
import { neededBytes } from '@btsoot/shared/reconcile/space.js';
import type { ScanSummary } from '@btsoot/shared/scan/scan.js';
import { findRemote, type Remote } from './config.js';
import { exemptionOf } from './ignored.js';
import { openManifests, scanSource } from './manifests.js';
import { blamingVersion } from './older-remote.js';
import { isTransient, Outcomes, ROUNDS_MAX } from './outcomes.js';
import { ownerNamesOf } from './owner-names.js';
import { openRemoteSession, type RemoteSession } from './remote-session.js';
import { bindReplica, identityOf, introduce, refreshReplica } from './replica.js';
import { Reuse } from './reuse.js';
import { openSource } from './source-root.js';
import { examineSuspects } from './suspects.js';
import type { Block, Context, ScanResult, SyncOptions, SyncResult, WatchOptions } from './sync-types.js';
import { Bases } from './transfer/basis.js';
import { estimate } from './transfer/estimate.js';
import { limiterFor } from './transfer/rate-limit.js';
import { type StepFailure, transfer } from './transfer/transfer.js';

interface Parts {
  readonly context: Context;
  readonly block: Block;
  readonly options: SyncOptions;
  readonly root: TreeRoot;
  readonly source: Manifest;
  readonly replica: Manifest;
  readonly session: RemoteSession;
  readonly outcomes: Outcomes;
  /** Null where the target is a disk of this machine. */
  readonly remote: Remote | null;
}

/**
 * One sync of one block, from the first stat to the last acknowledgement. This is the one list of its phases:
 * scan -> manifest -> reconcile -> plan -> transfer -> apply -> record.
 *
 * @throws BtsootError: `refused` where the source is not the one that was added, `busy` or `unreachable` where a
 *   retry may help, and whatever stops the whole block. What concerns single entries is in the result's problems.
 */
export async function syncBlock(context: Context, block: Block, options: SyncOptions): Promise<SyncResult> {
  const outcomes = new Outcomes(block.name, options.report);
  const root = openSource(block);
  const manifests = openManifests(context, block, options.watch);
  try {
    options.report({ kind: 'phase', phase: 'connect' });
    const connection = await context.connect(block);
    try {
      const { session, scan } = await openAndScan(context, connection.client, block, options, root, manifests.source);
      try {
        outcomes.scanned(scan);
        return await synchronize({
          context,
          block,
          options,
          root,
          source: manifests.source,
          replica: manifests.replica,
          session,
          outcomes,
          remote: block.target.kind === 'remote' ? findRemote(context.config, block.target.remote) : null,
        });
      } finally {
        await session.close();
      }
    } catch (error) {
      throw await blamingVersion(connection.client, error);
    } finally {
      await connection.close();
    }
  } finally {
    manifests.close();
    root.close();
  }
}

/** The remote checks its tree while the source scans its own. */
async function openAndScan(
  context: Context,
  client: RemoteSession['client'],
  block: Block,
  options: SyncOptions,
  root: TreeRoot,
  source: Manifest,
): Promise<{ session: RemoteSession; scan: ScanSummary }> {
  const giveUp = new AbortController();
  const signal = AbortSignal.any([options.signal, giveUp.signal]);
  const { report } = options;
  const opening = openRemoteSession(client, {
    folder: block.target.folder,
    drift: options.drift ?? block.drift,
    signal: options.signal,
    report,
  });
  opening.then(
    ({ lost }) => lost.addEventListener('abort', () => giveUp.abort(lost.reason), { once: true }),
    (error: unknown) => giveUp.abort(error),
  );
  report({ kind: 'phase', phase: 'scan' });
  try {
    const { watch, looksAt } = options;
    const scan = await scanSource(context, block, root, source, { report, signal, watch, looksAt });
    report({ kind: 'phase', phase: 'connect' });
    return { session: await opening, scan };
  } catch (error) {
    // Where the session could not be opened or was lost, that is why the scan was given up, and what there is to say.
    const why: unknown = giveUp.signal.aborted ? giveUp.signal.reason : error;
    await (await opening).close();
    throw why;
  }
}

async function synchronize(parts: Parts): Promise<SyncResult> {
  const { context, block, options, root, source, replica, session, outcomes, remote } = parts;
  const signal = AbortSignal.any([options.signal, session.lost]);
  const rateLimiter = remote === null ? null : limiterFor(remote, signal);
  options.report({ kind: 'phase', phase: 'compare' });
  bindReplica(replica, source, session.opened.manifestId);
  const refreshed = await refreshReplica(replica, session);
  outcomes.drifted(session.opened);

  const distrusted = new Set<string>();
  const history = new Reuse(session);
  for (let round = 1; ; round++) {
    options.report({ kind: 'phase', phase: 'plan' });
    // What cut-off deliveries have left is gone when the first stream has come to its end.
    const bases = new Bases({ source, replica, partials: round === 1 ? session.opened.partials : [] });
    const { plan, oversized } = await planRound(parts, bases, history, signal);
    outcomes.planned(plan, options.dryRun);
    outcomes.oversized(round === 1 ? oversized : [], session.opened.fileSizeMaxBytes);
    const verdict = judge(parts, plan);
    if (verdict.kind === 'refused')
      return outcomes.refused(reasonsOf(verdict, plan, options.acceptance.digest), verdict.overridable);
    if (options.dryRun) return outcomes.finish('planned', source);
    if (plan.steps.length === 0) {
      introduce(refreshed.strangers, source, replica);
      return outcomes.finish('unchanged', source);
    }

    options.report({ kind: 'phase', phase: 'transfer' });
    const { report } = options;
    const transferred = await transfer({
      plan,
      session,
      sourceRoot: root,
      source,
      replica,
      bases,
      distrusted,
      rateLimiter,
      owners: block.owners === 'name' ? await ownerNamesOf(plan) : null,
      report,
    });
    const isMended = (failure: StepFailure): boolean =>
      round < ROUNDS_MAX && (isTransient(failure) || history.isToBlame(failure));
    outcomes.transferred(plan, transferred, isMended);
    if (!transferred.failures.some(isMended)) {
      introduce(refreshed.strangers, source, replica);
      return outcomes.finish('done', source);
    }
    const suspects = mismatched(transferred.failures.filter((failure) => !history.isToBlame(failure)));
    const uncopied = transferred.failures.filter((failure) => history.isToBlame(failure));
    for (const content of [...suspects, ...contentsOf(uncopied)]) distrusted.add(contentKey(content));
    for (const failure of transferred.failures) history.distrust(failure);
    await examineSuspects(root, source, suspects, signal);
    outcomes.scanned(await scanSource(context, block, root, source, { report, signal, watch: options.watch }));
  }
}

function mismatched(failures: readonly StepFailure[]): Content[] {
  return contentsOf(failures.filter(({ outcome }) => outcome.kind === 'mismatch'));
}

function contentsOf(failures: readonly StepFailure[]): Content[] {
  return failures.flatMap(({ content }) => (content === null ? [] : [content]));
}

/** Apart, so that no plan outlives the one that is made of it. */
async function planRound(parts: Parts, bases: Bases, history: Reuse, signal: AbortSignal): Promise<FittingPlan> {
  const { plan, oversized } = withoutOversized(planOf(parts.block, parts), parts.session.opened.fileSizeMaxBytes);
  return { plan: await history.reuse(await estimate(plan, bases, signal)), oversized };
}

function planOf(block: Block, { source, replica }: Pick<Parts, 'source' | 'replica'>): Plan {
  return makePlan(source, replica, identityOf(replica), exemptionOf(block, source));
}

function reasonsOf({ reasons }: GuardVerdict & { kind: 'refused' }, plan: Plan, accepted: string | null): string[] {
  const said = reasons.map(({ message }) => message);
  if (accepted === null || accepted === plan.digest) return said;
  return [
    ...said,
    `The plan that was accepted, ${accepted}, is another one: source or target have changed since, or it is mistyped.`,
  ];
}

function judge({ block, options, source, replica, session }: Parts, plan: Plan): GuardVerdict {
  return guard({
    summary: plan.summary,
    targetEntries: replica.root().entryCount,
    originEntries: source.root().entryCount,
    targetBytes: replica.root().totalBytes,
    neededBytes: neededBytes(plan.steps, session.opened.reflinks),
    freeBytes: session.opened.freeBytes,
    limits: block.guard,
    isAccepted: options.acceptance.covers(plan),
  });
}

/** Only the first phase: brings the source's manifest up to date. */
export async function scanBlock(context: Context, block: Block, options: WatchOptions): Promise<ScanResult> {
  const root = openSource(block);
  const manifests = openManifests(context, block);
  try {
    options.report({ kind: 'phase', phase: 'scan' });
    const summary = await scanSource(context, block, root, manifests.source, options);
    return { ...summary, stateDigest: manifests.source.stateDigest() };
  } finally {
    manifests.close();
    root.close();
  }
}

/** What a sync would do, by the replica alone: asks no remote, so it does not see what was changed there since. */
export async function diffBlock(context: Context, block: Block, options: WatchOptions): Promise<SyncResult> {
  const outcomes = new Outcomes(block.name, options.report);
  const root = openSource(block);
  const manifests = openManifests(context, block);
  try {
    options.report({ kind: 'phase', phase: 'scan' });
    const { source, replica } = manifests;
    outcomes.scanned(await scanSource(context, block, root, source, options));
    options.report({ kind: 'phase', phase: 'plan' });
    replica.settle();
    const bases = new Bases({ source, replica, partials: [] });
    outcomes.planned(await estimate(planOf(block, manifests), bases, options.signal), true);
    return outcomes.finish('planned', source);
  } finally {
    manifests.close();
    root.close();
  }
}
