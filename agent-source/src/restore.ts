import { lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { pathBytes } from '@btsoot/shared/disk/byte-path.js';
import { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { display, endOfPath, fromText, isWithin, splitPath, type TreePath } from '@btsoot/shared/model/bytes.js';
import { sameContent, type TreeNode } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Problem } from '@btsoot/shared/model/progress.js';
import type { Plan } from '@btsoot/shared/model/step.js';
import { type Identity, NO_IDENTITY, type Tree } from '@btsoot/shared/model/tree.js';
import { makePlan } from '@btsoot/shared/reconcile/plan.js';
import type { ScanFilter, ScanSummary } from '@btsoot/shared/scan/scan.js';
import { Acceptance } from './acceptance.js';
import { rulesOf } from './ignored.js';
import { KeptAside } from './keep-aside.js';
import { type BlockManifests, openManifests, SCRATCH_PREFIX, scanFolder } from './manifests.js';
import { isTransient, Outcomes, ROUNDS_MAX } from './outcomes.js';
import { PartialTree, topmost } from './partial-tree.js';
import { fetchTree, resolveMoment } from './past-tree.js';
import { blockPaths } from './paths.js';
import { receive } from './receive.js';
import { openRemoteSession, type RemoteSession } from './remote-session.js';
import { bindReplica, refreshReplica } from './replica.js';
import { partialsIn } from './restore-folder.js';
import { mendBroken, withRestoreLock } from './restore-lock.js';
import { refuseMirror } from './restore-place.js';
import { findResumption, withoutHeld } from './resumption.js';
import { withRetries } from './retry.js';
import { confirmSource, openSource } from './source-root.js';
import { spareUnsaved } from './spare.js';
import type { Block, Context, RestoreOptions, RestoreResult } from './sync-types.js';
import type { StepFailure, Transferred } from './transfer/transfer.js';

/** The folder that is restored to, and what is known of it. */
interface Destination {
  readonly root: TreeRoot;
  readonly manifest: Manifest;
  readonly specials: Block['specials'];
  readonly readers: Block['readers'];
  /** What of it a restore of this tree does not look at. */
  filter(origin: Tree): ScanFilter | null;
  confirm(): void;
  close(): void;
}

/**
 * Brings a block, or paths in it, back from the remote: the same planner and the same applier as a sync, with the
 * remote as the origin. What the destination already holds is moved or copied there. Entries that are not in the
 * restored state stay unless `delete` is set, and no file whose content the remote does not hold is overwritten or
 * removed unless `force` is set.
 *
 * Where the link breaks, it goes on with what is left.
 *
 * @throws BtsootError: `not-found` for a path or moment that the backup does not have, `invalid` for a folder to restore to
 *   that is a mirror; otherwise as `syncBlock`.
 */
export async function restoreBlock(context: Context, block: Block, options: RestoreOptions): Promise<RestoreResult> {
  if (options.to !== null && !isSource(block, options)) refuseMirror(options.to, localRoots(context));
  const { retries, signal, report, expectedPlan } = options;
  const acceptance = expectedPlan === null ? null : new Acceptance(expectedPlan);
  return await withRetries({ retries, signal, report, random: Math.random }, (reportTry) =>
    restoreOnce(context, block, { ...options, report: reportTry, acceptance }),
  );
}

interface Try extends RestoreOptions {
  readonly acceptance: Acceptance | null;
}

async function restoreOnce(context: Context, block: Block, options: Try): Promise<RestoreResult> {
  const outcomes = new Outcomes(block.name, options.report);
  options.report({ kind: 'phase', phase: 'connect' });
  const connection = await context.connect(block);
  try {
    const { signal, report } = options;
    const session = await openRemoteSession(connection.client, {
      folder: block.target.folder,
      drift: block.drift,
      signal,
      report,
    });
    try {
      outcomes.drifted(session.opened);
      const manifests = openManifests(context, block);
      try {
        return await restoreFrom(context, block, options, session, manifests, outcomes);
      } finally {
        manifests.close();
      }
    } finally {
      await session.close();
    }
  } finally {
    await connection.close();
  }
}

async function restoreFrom(
  context: Context,
  block: Block,
  options: Try,
  session: RemoteSession,
  manifests: BlockManifests,
  outcomes: Outcomes,
): Promise<RestoreResult> {
  const scratch = mkdtempSync(`${blockPaths(context.paths, block.name).directory}/${SCRATCH_PREFIX}`);
  try {
    options.report({ kind: 'phase', phase: 'compare' });
    // First: where there is nothing to restore, no folder is made for it.
    const origin = await originOf(options, session, manifests, isSource(block, options), scratch, outcomes);
    try {
      const destination = openDestination(block, options, manifests, scratch);
      try {
        const { root, manifest } = destination;
        await mendBroken(context.paths, root, manifest, 'keep');
        const restore = () => restoreTo(destination, origin, options, session, outcomes);
        return options.dryRun ? await restore() : await withRestoreLock(context.paths, root, restore);
      } finally {
        destination.close();
      }
    } finally {
      origin.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Where blocks on disks of this machine are mirrored to. */
function localRoots({ config }: Context): string[] {
  return [...config.blocks.values()].flatMap(({ target }) => (target.kind === 'local' ? [target.root] : []));
}

/** Whether what is restored to is the block's own source, whose entries the replica knows by identity. */
function isSource(block: Block, { to }: RestoreOptions): boolean {
  return to === null || to === block.source;
}

async function restoreTo(
  { root, manifest, specials, readers, filter, confirm }: Destination,
  { tree, identity }: Origin,
  options: Try,
  session: RemoteSession,
  outcomes: Outcomes,
): Promise<RestoreResult> {
  options.report({ kind: 'phase', phase: 'scan' });
  const folder = { root, manifest, specials, readers, filter: filter(tree), confirm };
  let scan = await scanFolder(folder, options);
  outcomes.scanned(scan);
  const paths = options.damagedOnly ? mendablePaths(manifest, tree) : topmost(options.paths);
  if (options.damagedOnly && paths.length === 0) return outcomes.finish('unchanged', manifest);

  const told = new Set<string>();
  const spare = (problem: Problem): void => {
    if (told.has(problem.path)) return;
    told.add(problem.path);
    outcomes.problem(problem);
  };
  for (let round = 1; ; round++) {
    const damagedBefore = manifest.damages.count();
    options.report({ kind: 'phase', phase: 'plan' });
    const view = new PartialTree(tree, { paths, exact: options.delete, receiver: manifest });
    const wanted = makePlan(view, manifest, identity);
    const spared = options.force ? wanted : await spareUnsaved(wanted, manifest, session, spare);
    const resumption = await findResumption(spared, partialsIn(root), session);
    const plan = withoutHeld(spared, resumption);
    outcomes.planned(plan, options.dryRun);
    if (round === 1) requireExpected(plan, options.acceptance);
    if (options.dryRun) return outcomes.finish('planned', manifest);
    if (plan.steps.length === 0) return outcomes.finish(round === 1 ? 'unchanged' : 'done', manifest);

    options.report({ kind: 'phase', phase: 'receive' });
    const aside = new KeptAside(root, manifest);
    const kept = await aside.keep(plan, options.force, spare);
    let received: Transferred;
    try {
      received = await receive({ plan: kept, session, root, manifest, resumption, report: options.report });
    } finally {
      aside.releaseUnreplaced();
    }
    // A restore keeps no history: what was to be copied from a file that has been replaced by then has to be fetched.
    const isMended = (failure: StepFailure): boolean => round < ROUNDS_MAX && isTransient(failure);
    outcomes.transferred(kept, received, isMended);
    if (!received.failures.some(isMended)) {
      outcomes.scanned(withoutMended(scan, damagedBefore, manifest));
      return outcomes.finish('done', manifest);
    }
    scan = await scanFolder(folder, options);
    outcomes.scanned(scan);
  }
}

function requireExpected(plan: Plan, acceptance: Acceptance | null): void {
  if (acceptance === null || acceptance.covers(plan)) return;
  throw new BtsootError('refused', 'what would be restored is not what was shown: files have changed meanwhile', {
    hint: 'Look at the new plan first.',
  });
}

/** What the backup holds as it should be. */
function mendablePaths(local: Manifest, backup: Tree): TreePath[] {
  const damages = local.damages.after(0, limits.findingsListedMax);
  return damages.flatMap(({ id, expected }) => {
    const { path } = local.locate(id);
    const there = find(backup, path);
    return there?.kind === 'file' && sameContent(there.content, expected) ? [path] : [];
  });
}

function find(tree: Tree, path: TreePath): TreeNode | undefined {
  let at: TreeNode | undefined = tree.root();
  for (const name of splitPath(path)) at = at && tree.child(at.id, name);
  return at;
}

/** The scan came before the restore, and told of damage that is mended now. */
function withoutMended(scan: ScanSummary, damagedBefore: number, local: Manifest): ScanSummary {
  const mended = damagedBefore - local.damages.count();
  if (mended === 0) return scan;
  const stillDamaged = new Set(
    local.damages.after(0, limits.problemsListedMax).map(({ id }) => shownPath(local.locate(id).path)),
  );
  const problems = scan.problems.filter(({ kind, path }) => kind !== 'damaged' || stillDamaged.has(path));
  return { ...scan, problems, problemCount: scan.problemCount - mended };
}

function shownPath(path: TreePath): string {
  return endOfPath(display(path), limits.problemPathLengthMax);
}

/** The state to restore, and which of its entries are known to be which of the destination's. */
interface Origin {
  readonly tree: Tree;
  readonly identity: Identity;
  close(): void;
}

const NOTHING_TO_CLOSE = (): void => undefined;

async function originOf(
  options: RestoreOptions,
  session: RemoteSession,
  { source, replica }: BlockManifests,
  toSource: boolean,
  scratch: string,
  outcomes: Outcomes,
): Promise<Origin> {
  const moment = options.at === null ? null : await resolveMoment(session, options.at, Date.now() * 1000);
  if (moment !== null) outcomes.note(moment.note);
  if (moment !== null && moment.session !== null) {
    const past = await fetchTree(session, moment.session, options.paths, `${scratch}/past.db`);
    return { ...past, identity: NO_IDENTITY };
  }
  bindReplica(replica, source, session.opened.manifestId);
  await refreshReplica(replica, session);
  if (!toSource) return { tree: replica, identity: NO_IDENTITY, close: NOTHING_TO_CLOSE };
  const identity: Identity = {
    inTarget: (replicaId) => replica.peer(replicaId) ?? undefined,
    inOrigin: (sourceId) => replica.withPeer(sourceId),
  };
  return { tree: replica, identity, close: NOTHING_TO_CLOSE };
}

function openDestination(block: Block, options: RestoreOptions, { source }: BlockManifests, scratch: string): Destination {
  const { to, dryRun, paths } = options;
  const { specials, readers } = block;
  if (to === null || isSource(block, options)) {
    const root = openSource(block);
    return {
      root,
      manifest: source,
      specials,
      readers,
      filter: (origin) => restoreFilter(block, paths, origin),
      confirm: () => confirmSource(block, root),
      close: () => root.close(),
    };
  }
  const isThere = lstatSync(pathBytes(to), { throwIfNoEntry: false }) !== undefined;
  if (!isThere && !dryRun) mkdirSync(pathBytes(to), { recursive: true });
  const root = TreeRoot.open(isThere || !dryRun ? to : fromText(mkdtempSync(`${scratch}/empty-`)));
  const manifest = Manifest.open(`${scratch}/destination.db`);
  const close = () => {
    root.close();
    manifest.close();
  };
  return { root, manifest, specials, readers: null, filter: () => null, confirm: () => undefined, close };
}

/**
 * What is ignored is looked at where the tree to be restored has it too. The rest is nobody's business: it is not read, and
 * a folder that holds some of it is not taken for all that it holds, so that it is never removed with the folder.
 */
function restoreFilter(block: Block, paths: readonly TreePath[], origin: Tree): ScanFilter {
  const isWanted = (path: TreePath): boolean =>
    paths.length === 0 || paths.some((wanted) => isWithin(path, wanted) || isWithin(wanted, path));
  const except = (path: TreePath): boolean => isWanted(path) && find(origin, path) !== undefined;
  return { rules: rulesOf(block), except, leftOutIsUnknown: true };
}
