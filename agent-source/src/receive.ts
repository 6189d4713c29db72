import type { Applier } from '@btsoot/shared/apply/applier.js';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { display, type Name } from '@btsoot/shared/model/bytes.js';
import { cutOff } from '@btsoot/shared/model/errors.js';
import type { Report } from '@btsoot/shared/model/progress.js';
import type { FileStep, Plan } from '@btsoot/shared/model/step.js';
import { readNewsFromWire, readWishToWire } from '@btsoot/shared/wire/convert.js';
import { keepYoungGenerationSmall } from '@btsoot/shared/wire/frugal.js';
import type { ReadReply__Output, ReadRequest } from '@btsoot/shared/wire/messages.js';
import { requireSpace } from './full-disk.js';
import type { RemoteSession } from './remote-session.js';
import { hasRestoreFolder, mendRestore, openRestore } from './restore-folder.js';
import { heldOf, Resuming, type Resumption, resumedDelivery, resumingOps } from './resumption.js';
import { pathOfStep } from './step-path.js';
import type { StepFailure, Transferred } from './transfer/transfer.js';
import { unlessSilent } from './unless-silent.js';

export interface ReceiveOptions {
  readonly plan: Plan;
  readonly session: RemoteSession;
  /** The tree to restore to, and its manifest. */
  readonly root: TreeRoot;
  readonly manifest: Manifest;
  readonly resumption: Resumption;
  readonly report: Report;
}

/**
 * Executes a restore's plan on the local tree, fetching from the remote what the tree does not hold itself. Each file's
 * bytes are verified before it gets its name. A file that an earlier restore was cut off in goes on where that was.
 */
export async function receive({ plan, session, root, manifest, resumption, report }: ReceiveOptions): Promise<Transferred> {
  keepYoungGenerationSmall();
  if (hasRestoreFolder(root)) await mendRestore(root, manifest, 'keep');
  const failures: StepFailure[] = [];
  let receivedBytes = 0;
  let hereBytes = 0;
  const { applier, close } = openRestore(root, manifest, (committed) => {
    for (const { step, outcome } of committed.failures) {
      failures.push({ path: pathOf(plan, step), outcome: asReceived(plan, step, outcome, resumption), content: null });
    }
    const path = pathOf(plan, Math.max(committed.steps - 1, 0));
    const { steps } = committed;
    report({
      kind: 'transferred',
      steps,
      stepsTotal: plan.steps.length,
      bytes: receivedBytes,
      bytesTotal: plan.summary.wireBytes,
      path,
    });
  });
  const begin = (signal: AbortSignal) => session.client.readContents(wishes(plan, session, resumption), signal);
  const contents = unlessSilent(begin, { signal: session.lost, doing: 'reads what is to be restored' });
  let unheldXattrs = 0;
  let isComplete = false;
  try {
    const resuming = new Resuming(resumption);
    for (const { step, targetId } of plan.steps) {
      const isEmpty = step.kind === 'put' && step.content.sizeBytes === 0;
      const resumedBytes = resuming.take(step);
      const delivery = resumedBytes > 0 && step.kind === 'put' ? resumedDelivery(step.content) : null;
      await applier.step(step, isEmpty ? Buffer.alloc(0) : null, delivery, targetId);
      if (delivery !== null) await applier.patch(resumingOps(resumedBytes), Buffer.alloc(0));
      hereBytes += resumedBytes;
      if (step.kind === 'put' && !isEmpty) receivedBytes += await fetchContent(contents, step, applier, resumedBytes);
      requireSpace(failures, plan, `the disk of ${display(root.path)}`, hereBytes + receivedBytes);
    }
    ({ unheldXattrs } = await applier.finish());
    isComplete = true;
  } catch (error) {
    await applier.abort();
    throw error;
  } finally {
    close();
    await contents.return();
    for (const name of await mendRestore(root, manifest, isComplete ? 'remove' : 'keep')) failures.push(setAside(name));
  }
  const { savedBytes } = plan.summary;
  return { failures, sentBytes: receivedBytes, savedBytes, sessionNumber: 0, unheldXattrs, history: null };
}

/** What was put came from the remote, where nothing changes while it is read. What was here already may be to blame as well. */
function asReceived(plan: Plan, index: number, outcome: StepFailure['outcome'], resumption: Resumption): StepFailure['outcome'] {
  const step = plan.steps.at(index)?.step;
  if (outcome.kind !== 'mismatch' || step?.kind !== 'put' || heldOf(step, resumption) > 0) return outcome;
  const message = 'what the remote holds of it is damaged; `btsoot verify --remote` finds out what else is';
  return { kind: 'failed', message, noSpace: false };
}

function setAside(name: Name): StepFailure {
  const message = 'could not be put in its place while things moved; it is whole, and is kept under this name';
  return { path: display(name), outcome: { kind: 'failed', message, noSpace: false }, content: null };
}

function* wishes(plan: Plan, session: RemoteSession, resumption: Resumption): Generator<ReadRequest> {
  let isFirst = true;
  const resuming = new Resuming(resumption);
  for (const { step } of plan.steps) {
    const offset = resuming.take(step);
    if (step.kind !== 'put' || step.content.sizeBytes === 0) continue;
    yield readWishToWire({ session: isFirst ? session.opened.session : null, content: step.content, offset });
    isFirst = false;
  }
}

/** Passes one file's bytes from `offset` on to the applier; returns how many came. */
async function fetchContent(
  contents: AsyncIterator<ReadReply__Output>,
  step: FileStep,
  applier: Applier,
  offset: number,
): Promise<number> {
  const wantedBytes = step.content.sizeBytes - offset;
  for (let received = 0; received < wantedBytes; ) {
    const next = await contents.next();
    if (next.done === true) throw cutOff('the remote stopped sending half way');
    const news = readNewsFromWire(next.value);
    if (news.kind === 'missing') {
      await applier.withdraw(news.message);
      return received;
    }
    received += news.bytes.length;
    await applier.data(news.bytes);
  }
  return wantedBytes;
}

function pathOf(plan: Plan, index: number): string {
  const planned = plan.steps.at(index);
  return planned === undefined ? '' : display(pathOfStep(planned.step));
}
