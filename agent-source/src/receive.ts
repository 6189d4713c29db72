import { rmSync } from 'node:fs';
import { Applier } from '@btsoot/shared/apply/applier.js';
import { openArea } from '@btsoot/shared/apply/area.js';
import { pathBytes } from '@btsoot/shared/disk/byte-path.js';
import { probe } from '@btsoot/shared/disk/capabilities.js';
import { applyMetadata } from '@btsoot/shared/disk/metadata.js';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { type Manifest, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import { display, ROOT_PATH } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import type { Report } from '@btsoot/shared/model/progress.js';
import type { FileStep, Plan } from '@btsoot/shared/model/step.js';
import { readNewsFromWire, readWishToWire } from '@btsoot/shared/wire/convert.js';
import type { ReadReply__Output, ReadRequest } from '@btsoot/shared/wire/messages.js';
import { RESTORE_FOLDER } from './manifests.js';
import type { RemoteSession } from './remote-session.js';
import { pathOfStep, type StepFailure, type Transferred } from './transfer.js';

export interface ReceiveOptions {
  readonly plan: Plan;
  readonly session: RemoteSession;
  /** The tree to restore to, and its manifest. */
  readonly root: TreeRoot;
  readonly manifest: Manifest;
  readonly report: Report;
}

/**
 * Executes a restore's plan on the local tree, fetching from the remote what the tree does not hold itself. Each file's
 * bytes are verified before it gets its name.
 */
export async function receive({ plan, session, root, manifest, report }: ReceiveOptions): Promise<Transferred> {
  sweepRestoreFolder(root, manifest);
  const area = openArea(`${root.path}/${RESTORE_FOLDER}`);
  const failures: StepFailure[] = [];
  const capabilities = probe(area.staging.path);
  const applier = new Applier({
    tree: root,
    manifest,
    area,
    chown: capabilities.chown,
    hardLinks: capabilities.hardLinks,
    sourceName: null,
    now: () => Date.now() * 1000,
    onCommitted(committed) {
      for (const { step, outcome } of committed.failures) failures.push({ path: pathOf(plan, step), outcome });
      const last = Math.max(committed.steps - 1, 0);
      report({
        kind: 'transferred',
        steps: committed.steps,
        stepsTotal: plan.steps.length,
        bytes: receivedBytes,
        bytesTotal: plan.summary.wireBytes,
        path: pathOf(plan, last),
      });
    },
  });
  let receivedBytes = 0;
  manifest.setJournal(null);
  const contents = session.client.readContents(wishes(plan, session), session.lost)[Symbol.asyncIterator]();
  try {
    for (const { step } of plan.steps) {
      const isEmpty = step.kind === 'put' && step.content.sizeBytes === 0;
      await applier.step(step, isEmpty ? Buffer.alloc(0) : null);
      if (step.kind === 'put' && !isEmpty) receivedBytes += await fetchContent(contents, step, applier);
    }
    await applier.finish();
  } finally {
    await contents.return?.();
    area.close();
    sweepRestoreFolder(root, manifest);
  }
  return { failures, sentBytes: receivedBytes, sessionNumber: 0 };
}

/**
 * The working folder holds nothing that is still wanted: what was replaced is held by the remote, or was given up. Its
 * coming and going changes the root's time, which is set back to what the manifest says.
 */
function sweepRestoreFolder(root: TreeRoot, manifest: Manifest): void {
  rmSync(pathBytes(`${root.path}/${RESTORE_FOLDER}`), { recursive: true, force: true });
  root.at(ROOT_PATH, (place) => applyMetadata(place, 'directory', manifest.root().meta, { chown: false }));
  manifest.setSeen(ROOT_ID, root.lstat(ROOT_PATH));
}

function* wishes(plan: Plan, session: RemoteSession): Generator<ReadRequest> {
  let isFirst = true;
  for (const { step } of plan.steps) {
    if (step.kind !== 'put' || step.content.sizeBytes === 0) continue;
    yield readWishToWire({ session: isFirst ? session.opened.session : null, content: step.content });
    isFirst = false;
  }
}

/** Passes one file's bytes on to the applier; returns how many came. */
async function fetchContent(contents: AsyncIterator<ReadReply__Output>, step: FileStep, applier: Applier): Promise<number> {
  for (let received = 0; received < step.content.sizeBytes; ) {
    const next = await contents.next();
    if (next.done === true) throw new BtsootError('unreachable', 'the remote stopped sending half way');
    const news = readNewsFromWire(next.value);
    if (news.kind === 'missing') {
      await applier.withdraw(news.message);
      return received;
    }
    received += news.bytes.length;
    await applier.data(news.bytes);
  }
  return step.content.sizeBytes;
}

function pathOf(plan: Plan, index: number): string {
  const planned = plan.steps[index];
  return planned === undefined ? '' : display(pathOfStep(planned.step));
}
