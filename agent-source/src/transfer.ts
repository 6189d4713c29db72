import { replayStep } from '@btsoot/shared/apply/record.js';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { display, type TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Report } from '@btsoot/shared/model/progress.js';
import type { FileStep, Outcome, Plan, PlannedStep, Step } from '@btsoot/shared/model/step.js';
import { type ApplyOrder, applyNewsFromWire, applyOrderToWire, type StepWithData } from '@btsoot/shared/wire/convert.js';
import type { ApplyRequest } from '@btsoot/shared/wire/messages.js';
import type { RemoteSession } from './remote-session.js';
import { openSourceFile, SourceChanged, type SourceFile } from './source-file.js';

export interface TransferOptions {
  readonly plan: Plan;
  readonly session: RemoteSession;
  readonly sourceRoot: TreeRoot;
  readonly source: Manifest;
  readonly replica: Manifest;
  readonly report: Report;
}

const REPORT_INTERVAL_MS = 200;

/** What a step takes on the wire beside its path and inline bytes, generously. */
const STEP_OVERHEAD_BYTES = 96;

export interface StepFailure {
  /** For display. */
  readonly path: string;
  readonly outcome: Exclude<Outcome, { kind: 'done' }>;
}

export interface Transferred {
  readonly failures: readonly StepFailure[];
  readonly sentBytes: number;
  /** The session's number in the remote's history, 0 where nothing changed. */
  readonly sessionNumber: number;
}

/**
 * Sends a plan's steps with the bytes that they need, and writes each acknowledged step into the replica. A step that
 * fails does not stop the others.
 * @throws BtsootError of kind `corrupt` where remote and replica end in different states; `unreachable` on a cut link.
 */
export async function transfer(options: TransferOptions): Promise<Transferred> {
  const { plan, session, replica } = options;
  const sender = new Sender(options);
  const receiver = new Receiver(options, sender);
  for await (const reply of session.client.apply(sender, session.lost)) {
    const news = applyNewsFromWire(reply);
    if (news.kind === 'committed') {
      receiver.committed(news);
      continue;
    }
    if (receiver.steps !== sender.sent.length)
      throw new BtsootError('corrupt', 'the remote finished without acknowledging every step');
    if (news.stateDigest !== replica.stateDigest()) {
      throw new BtsootError('corrupt', 'after this session the remote is not in the state that its steps lead to', {
        hint: 'Run the sync again: it compares both trees folder by folder and mends what differs.',
      });
    }
    return {
      failures: [...sender.failures, ...receiver.failures],
      sentBytes: sender.sentBytes,
      sessionNumber: news.sessionNumber,
    };
  }
  throw new BtsootError('unreachable', `the remote ended the transfer of ${plan.steps.length} steps half way`);
}

/** The plan as a stream of requests: steps in batches, the bytes of large files between them. */
class Sender implements AsyncIterable<ApplyRequest> {
  readonly #o: TransferOptions;
  /** Steps in the order sent: the remote's numbers are indices into it. */
  readonly sent: PlannedStep[] = [];
  readonly failures: StepFailure[] = [];
  sentBytes = 0;
  #batch: StepWithData[] = [];
  #batchBytes = 0;
  #reportDueMs = 0;

  constructor(options: TransferOptions) {
    this.#o = options;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<ApplyRequest> {
    yield applyOrderToWire({ kind: 'begin', session: this.#o.session.opened.session });
    for (const planned of this.#o.plan.steps) {
      if (planned.step.kind === 'put') yield* this.#put(planned, planned.step);
      else this.#add(planned, planned.step, null);
      if (this.#batchBytes >= limits.frameSizeMaxBytes || this.#batch.length >= limits.stepsPerMessageMax) yield this.#flush();
    }
    if (this.#batch.length > 0) yield this.#flush();
    yield applyOrderToWire({ kind: 'finish' });
  }

  async *#put(planned: PlannedStep, step: FileStep): AsyncGenerator<ApplyRequest> {
    let file: SourceFile;
    try {
      file = openSourceFile(this.#o.sourceRoot, this.#o.source, planned.originId);
    } catch (error) {
      return this.#skip(step.path, error);
    }
    try {
      if (step.content.sizeBytes <= limits.inlineSizeMaxBytes) return this.#inline(planned, step, file);
      this.#add(planned, step, null);
      yield this.#flush();
      yield* this.#frames(step, file);
    } finally {
      file.close();
    }
  }

  #inline(planned: PlannedStep, step: FileStep, file: SourceFile): void {
    try {
      const bytes = file.readAll(step.content.sizeBytes);
      this.#add(planned, step, bytes);
      this.sentBytes += bytes.length;
    } catch (error) {
      this.#skip(step.path, error);
    }
  }

  async *#frames(step: FileStep, file: SourceFile): AsyncGenerator<ApplyRequest> {
    for (let at = 0; at < step.content.sizeBytes; ) {
      let bytes: Buffer;
      try {
        bytes = await file.read(at, Math.min(limits.frameSizeMaxBytes, step.content.sizeBytes - at));
      } catch (error) {
        yield applyOrderToWire({ kind: 'withdraw', message: messageOf(error) });
        return;
      }
      at += bytes.length;
      this.sentBytes += bytes.length;
      this.#reportNow(step.path);
      yield applyOrderToWire({ kind: 'data', bytes });
    }
  }

  #add(planned: PlannedStep, step: Step, inline: Buffer | null): void {
    this.sent.push(planned);
    this.#batch.push({ step, inline });
    this.#batchBytes += STEP_OVERHEAD_BYTES + pathOfStep(step).length + (inline?.length ?? 0);
  }

  #flush(): ApplyRequest {
    const order: ApplyOrder = { kind: 'steps', steps: this.#batch };
    this.#batch = [];
    this.#batchBytes = 0;
    return applyOrderToWire(order);
  }

  /** While a large file is on its way, nothing is acknowledged for long. */
  #reportNow(path: TreePath): void {
    const nowMs = performance.now();
    if (nowMs < this.#reportDueMs) return;
    this.#reportDueMs = nowMs + REPORT_INTERVAL_MS;
    const { plan, report } = this.#o;
    const steps = Math.max(this.sent.length - 1, 0);
    const bytesTotal = plan.summary.wireBytes;
    report({ kind: 'transferred', steps, stepsTotal: plan.steps.length, bytes: this.sentBytes, bytesTotal, path: display(path) });
  }

  #skip(path: TreePath, error: unknown): void {
    this.failures.push({ path: display(path), outcome: { kind: 'withdrawn', message: messageOf(error) } });
  }
}

/** Takes acknowledgements and keeps the replica in step with them. */
class Receiver {
  readonly #o: TransferOptions;
  readonly #sender: Sender;
  readonly failures: StepFailure[] = [];
  /** Acknowledged so far. */
  steps = 0;

  constructor(options: TransferOptions, sender: Sender) {
    this.#o = options;
    this.#sender = sender;
  }

  committed(news: { steps: number; failures: readonly { step: number; outcome: Outcome }[] }): void {
    const { sent } = this.#sender;
    if (news.steps < this.steps || news.steps > sent.length)
      throw new BtsootError('invalid', 'the remote acknowledged steps that it was not sent');
    const failed = new Map(news.failures.map(({ step, outcome }) => [step, outcome]));
    this.#o.replica.transaction(() => {
      for (let index = this.steps; index < news.steps; index++) this.#take(sent[index] as PlannedStep, failed.get(index));
    });
    const last = sent[news.steps - 1];
    this.steps = news.steps;
    if (last !== undefined) this.#report(last);
  }

  #take(planned: PlannedStep, failure: Outcome | undefined): void {
    if (failure !== undefined && failure.kind !== 'done') {
      this.failures.push({ path: display(pathOfStep(planned.step)), outcome: failure });
      return;
    }
    const { entries } = replayStep(this.#o.replica, planned.step);
    const [entry] = entries;
    if (entry !== undefined && planned.originId !== null) this.#o.replica.setPeer(entry, planned.originId);
  }

  #report(last: PlannedStep): void {
    const { plan, report } = this.#o;
    report({
      kind: 'transferred',
      steps: this.steps,
      stepsTotal: plan.steps.length,
      bytes: this.#sender.sentBytes,
      bytesTotal: plan.summary.wireBytes,
      path: display(pathOfStep(last.step)),
    });
  }
}

export function pathOfStep(step: Step): TreePath {
  switch (step.kind) {
    case 'move':
      return pathOfPlace(step.to.area === 'tree' ? step.to : step.from);
    case 'remove':
      return pathOfPlace(step.at);
    default:
      return step.path;
  }
}

function pathOfPlace(place: Extract<Step, { kind: 'remove' }>['at']): TreePath {
  return place.area === 'tree' ? place.path : (`(aside ${place.slot})` as TreePath);
}

function messageOf(error: unknown): string {
  if (error instanceof SourceChanged || error instanceof BtsootError) return error.message;
  throw error;
}
