import { display } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { OwnerNames } from '@btsoot/shared/model/owners.js';
import type { Report } from '@btsoot/shared/model/progress.js';
import type { Plan, PlannedStep } from '@btsoot/shared/model/step.js';
import { applyOrderToWire } from '@btsoot/shared/wire/convert.js';
import type { ApplyRequest } from '@btsoot/shared/wire/messages.js';
import { pathOfStep } from '../step-path.js';
import { mapAhead } from './ahead.js';
import { Forecast } from './forecast.js';
import { type Frame, framesOf } from './frames.js';
import type { LiteralPacker } from './literals.js';
import { Loads, type LoadsOptions } from './loads.js';
import type { RateLimiter } from './rate-limit.js';
import { SentSteps } from './sent-steps.js';
import type { StepFailure } from './transfer.js';

export interface SenderOptions extends Omit<LoadsOptions, 'onSkipped' | 'loadMaxBytes'> {
  /** The session's capability. */
  readonly session: string;
  readonly packer: LiteralPacker;
  readonly rateLimiter: RateLimiter | null;
  /** Null: owners go by number. */
  readonly owners: OwnerNames | null;
  readonly report: Report;
}

/** Loads that are read and compressed while an earlier one is being sent. */
const LOADS_AHEAD = 3;
const REPORT_INTERVAL_MS = 200;

/** The plan as a stream of requests. */
export class Sender implements AsyncIterable<ApplyRequest> {
  readonly #o: SenderOptions;
  readonly #plan: Plan;
  readonly #forecast: Forecast;
  readonly sent = new SentSteps();
  readonly failures: StepFailure[] = [];
  #reportDueMs = 0;
  #ended: Promise<void> = Promise.resolve();
  #end: () => void = () => {};

  constructor(options: SenderOptions) {
    this.#o = options;
    this.#plan = options.plan;
    this.#forecast = new Forecast(options.plan.summary.wireBytes);
  }

  get sentBytes(): number {
    return this.#forecast.sentBytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ApplyRequest, void, undefined> {
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    try {
      yield* this.#requests();
    } finally {
      this.#end();
    }
  }

  /** Resolves when nothing of the source is being read any more. */
  ended(): Promise<void> {
    return this.#ended;
  }

  async *#requests(): AsyncGenerator<ApplyRequest, void, undefined> {
    const { session, owners } = this.#o;
    yield applyOrderToWire({ kind: 'begin', session, ...(owners !== null && { owners }) });
    const onSkipped = (planned: PlannedStep, message: string): void => this.#skipped(planned, message);
    const loadMaxBytes = (): number => Math.min(this.#o.rateLimiter?.messageMaxBytes ?? Infinity, limits.unpackedSizeMaxBytes);
    const loads = new Loads({ ...this.#o, onSkipped, loadMaxBytes }).all();
    for await (const frames of mapAhead(loads, LOADS_AHEAD, (load) => framesOf(load, this.#o.packer))) {
      for (const frame of frames) yield* this.#send(frame);
    }
    yield applyOrderToWire({ kind: 'finish' });
  }

  /** @param steps how many are acknowledged */
  report(steps: number, last: PlannedStep): void {
    this.#o.report({
      kind: 'transferred',
      steps,
      stepsTotal: this.#plan.steps.length,
      bytes: this.sentBytes,
      bytesTotal: this.#forecast.totalBytes(),
      path: display(pathOfStep(last.step)),
    });
  }

  async *#send({ order, planned, rawBytes, wireBytes, overheadBytes }: Frame): AsyncGenerator<ApplyRequest, void, undefined> {
    const messageBytes = wireBytes + overheadBytes;
    const readyMs = performance.now();
    await this.#o.rateLimiter?.take(messageBytes);
    this.#forecast.sent(rawBytes, wireBytes);
    for (const one of planned) this.#forecast.began(one.wireBytes);
    this.sent.add(planned);
    this.#reportNow();
    yield applyOrderToWire(order);
    this.#o.packer.waited(performance.now() - readyMs, messageBytes);
  }

  /** While a large file is on its way, nothing is acknowledged for long. */
  #reportNow(): void {
    const nowMs = performance.now();
    const { last } = this.sent;
    if (nowMs < this.#reportDueMs || last === undefined) return;
    this.#reportDueMs = nowMs + REPORT_INTERVAL_MS;
    this.report(this.sent.count - 1, last);
  }

  #skipped(planned: PlannedStep, message: string): void {
    this.#forecast.settled(planned.wireBytes);
    this.failures.push({ path: display(pathOfStep(planned.step)), outcome: { kind: 'withdrawn', message }, content: null });
  }
}
