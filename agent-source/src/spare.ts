import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { display, parentPath, ROOT_PATH, type TreePath } from '@btsoot/shared/model/bytes.js';
import { type Content, contentKey, type TreeNode } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import type { Problem } from '@btsoot/shared/model/progress.js';
import type { Place, Plan, PlannedStep } from '@btsoot/shared/model/step.js';
import { planWithout } from '@btsoot/shared/reconcile/without-steps.js';
import { whichAreHeld } from './held.js';
import { replacesFile } from './keep-aside.js';
import type { RemoteSession } from './remote-session.js';
import { pathOfStep } from './step-path.js';

/**
 * Takes out of a restore's plan each step that would overwrite or remove a local file whose content the remote does
 * not hold, in its tree or in its history, and reports it.
 * @throws BtsootError of kind `refused` where such a file is in the way of a folder that has to move aside.
 */
export async function spareUnsaved(
  plan: Plan,
  local: Manifest,
  session: RemoteSession,
  report: (problem: Problem) => void,
): Promise<Plan> {
  const losses = new Map<number, (Content | null)[]>();
  for (const [index, planned] of plan.steps.entries()) {
    const lost = lostContents(planned, local);
    if (lost.length > 0) losses.set(index, lost);
  }
  const contents = [...losses.values()].flat().filter((content) => content !== null);
  const held = await whichAreHeld(contents, session);
  const isSafe = (content: Content | null) => content !== null && (content.sizeBytes === 0 || held.has(contentKey(content)));
  const without = new Set([...losses].flatMap(([index, lost]) => (lost.every(isSafe) ? [] : [index])));
  if (without.size === 0) return plan;
  const stays = new Set<TreePath>();
  for (const [index, planned] of plan.steps.entries()) {
    if (!without.has(index)) continue;
    spare(planned, report);
    stays.add(pathOfStep(planned.step));
  }
  // These were meant for others.
  for (const [index, { step }] of plan.steps.entries()) {
    if (step.kind === 'remove' && isBelowOneOf(step.at, stays)) without.add(index);
  }
  // What the spared steps would have removed is in its summary still: a restore asks no guard.
  return planWithout(plan, without);
}

/**
 * A folder that stays is in the way of the one that was to come to its place. What was to be removed from that one then
 * has the path of something else.
 */
function isBelowOneOf(at: Place, stays: ReadonlySet<TreePath>): boolean {
  if (at.area !== 'tree') return false;
  for (let path = parentPath(at.path); path !== ROOT_PATH; path = parentPath(path)) if (stays.has(path)) return true;
  return false;
}

function spare({ step }: PlannedStep, report: (problem: Problem) => void): void {
  const path = display(pathOfStep(step));
  if (step.kind === 'remove' && step.at.area === 'stash') {
    throw new BtsootError('refused', `a folder that is in the way holds files that exist nowhere else (${path})`, {
      hint: 'Restore to another folder with --to, or say --force to give them up.',
    });
  }
  const message = 'exists only here, not in the backup or its history: left as it is (--force gives it up)';
  report({ path, kind: 'skipped', message });
}

/** Contents that a step takes from the local tree; null for a file that could not be read. */
function lostContents(planned: PlannedStep, local: Manifest): (Content | null)[] {
  const { step, targetId } = planned;
  const loses = step.kind === 'remove' || ('replaces' in step && step.replaces !== null);
  const row = loses && targetId !== null ? local.row(targetId) : undefined;
  // A damaged file is kept aside (keep-aside.ts) when it is replaced.
  if (row !== undefined && replacesFile(planned) && local.damages.get(row.id) !== null) return [];
  return row === undefined ? [] : contentsBelow(local, row);
}

function contentsBelow(local: Manifest, top: TreeNode): (Content | null)[] {
  const contents: (Content | null)[] = [];
  const pending = [top];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.kind === 'file') contents.push(node.content);
    if (node.kind !== 'directory') continue;
    // What a folder holds that could not be listed is not known to exist anywhere else.
    if (!node.complete) contents.push(null);
    pending.push(...local.rows(node.id));
  }
  return contents;
}
