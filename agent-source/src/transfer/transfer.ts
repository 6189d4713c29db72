import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import type { Content } from '@btsoot/shared/model/entry.js';
import { BtsootError, cutOff } from '@btsoot/shared/model/errors.js';
import type { OwnerNames } from '@btsoot/shared/model/owners.js';
import type { Report } from '@btsoot/shared/model/progress.js';
import type { Outcome, Plan } from '@btsoot/shared/model/step.js';
import { applyNewsFromWire, type HistorySummary } from '@btsoot/shared/wire/convert.js';
import { keepYoungGenerationSmall, leaveRoomForBuffers } from '@btsoot/shared/wire/frugal.js';
import { requireSpace } from '../full-disk.js';
import type { RemoteSession } from '../remote-session.js';
import { unlessSilent } from '../unless-silent.js';
import type { Bases } from './basis.js';
import { Deltas } from './deltas.js';
import { LiteralPacker } from './literals.js';
import { LookAhead } from './look-ahead.js';
import type { RateLimiter } from './rate-limit.js';
import { Receiver } from './receiver.js';
import { RemoteLists } from './remote-lists.js';
import { Sender } from './sender.js';
import { Questions } from './signatures.js';

export interface TransferOptions {
  readonly plan: Plan;
  readonly session: RemoteSession;
  readonly sourceRoot: TreeRoot;
  readonly source: Manifest;
  readonly replica: Manifest;
  readonly bases: Bases;
  /** Contents, by their keys, whose last delivery did not come to what it should. */
  readonly distrusted: ReadonlySet<string>;
  /** Null: as fast as the link is. */
  readonly rateLimiter: RateLimiter | null;
  /** The names of the owners that the plan gives; null: they go by number. */
  readonly owners: OwnerNames | null;
  readonly report: Report;
}

export interface StepFailure {
  /** For display. */
  readonly path: string;
  readonly outcome: Exclude<Outcome, { kind: 'done' }>;
  /** What a put or a copy would have brought; null for other steps, and where nothing of a put was sent. */
  readonly content: Content | null;
}

export interface Transferred {
  readonly failures: readonly StepFailure[];
  /** Content bytes as they crossed. */
  readonly sentBytes: number;
  /** Content bytes of what was done that did not cross. */
  readonly savedBytes: number;
  /** The session's number in the remote's history, 0 where nothing changed. */
  readonly sessionNumber: number;
  /** Entries whose extended attributes the other side's disk does not all hold. */
  readonly unheldXattrs: number;
  /** What the remote keeps of the past; null where nobody said. */
  readonly history: HistorySummary | null;
}

/**
 * Sends a plan's steps with the bytes that they need, and writes each acknowledged step into the replica. A step that
 * fails does not stop the others, unless for lack of space.
 * @throws BtsootError of kind `corrupt` where remote and replica end in different states; `no-space` where the remote's disk
 *   is full; `unreachable` on a cut link.
 */
export async function transfer(options: TransferOptions): Promise<Transferred> {
  const { plan, session, source, replica } = options;
  const questions = new Questions(session);
  const lists = new RemoteLists({ replica, questions, partials: options.bases.partials });
  const deltas = new Deltas({ ...options, questions, lists });
  const lookAhead = new LookAhead(plan, (planned, step, signal) => deltas.prepare(planned, step, signal));
  const sender = new Sender({ ...options, session: session.opened.session, lookAhead, packer: new LiteralPacker() });
  const onCommitted = sender.report.bind(sender);
  const receiver = new Receiver({ source, replica, sent: sender.sent, onCommitted });
  keepYoungGenerationSmall();
  const endRoom = leaveRoomForBuffers();
  try {
    const begin = (signal: AbortSignal) => session.client.apply(sender, signal);
    for await (const reply of unlessSilent(begin, { signal: session.lost, doing: 'executes steps' })) {
      const news = applyNewsFromWire(reply);
      if (news.kind === 'committed') {
        receiver.committed(news);
        requireSpace(receiver.failures, plan, "the remote's disk", receiver.putBytes);
        continue;
      }
      if (receiver.steps !== sender.sent.count)
        throw new BtsootError('corrupt', 'the remote finished without acknowledging every step', {
          hint: 'Sync again: what is not there yet is found and sent. If it stays so, please report it.',
        });
      checkState(news.stateDigest, replica);
      const failures = [...sender.failures, ...receiver.failures];
      const { sentBytes } = sender;
      const { sessionNumber, unheldXattrs, history } = news;
      const savings = savedBytes(plan, receiver, sentBytes);
      return { failures, sentBytes, savedBytes: savings, sessionNumber, unheldXattrs, history };
    }
  } finally {
    endRoom();
    await questions.close();
    await lookAhead.close();
    await sender.ended();
  }
  throw cutOff(`the remote ended the transfer of ${plan.steps.length} steps half way`);
}

function checkState(stateDigest: string, replica: Manifest): void {
  if (stateDigest === replica.stateDigest()) return;
  throw new BtsootError('corrupt', 'after this session the remote is not in the state that its steps lead to', {
    hint: 'Run the sync again: it compares both trees folder by folder and mends what differs.',
  });
}

/** Moves and copies of the plan, and what the files that were put had that did not cross. */
function savedBytes({ summary }: Plan, { putBytes }: Receiver, sentBytes: number): number {
  const movedBytes = summary.savedBytes - (summary.storeBytes - summary.wireBytes);
  return movedBytes + Math.max(0, putBytes - sentBytes);
}
