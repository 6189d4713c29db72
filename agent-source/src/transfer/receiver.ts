import { replayStep } from '@btsoot/shared/apply/record.js';
import { Resolver } from '@btsoot/shared/apply/resolve.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { display } from '@btsoot/shared/model/bytes.js';
import { peerFault } from '@btsoot/shared/model/errors.js';
import type { FileStep, Outcome, PlannedStep } from '@btsoot/shared/model/step.js';
import { pathOfStep } from '../step-path.js';
import { keepList } from './lists.js';
import type { SentSteps } from './sent-steps.js';
import type { StepFailure } from './transfer.js';

export interface ReceiverOptions {
  readonly source: Manifest;
  readonly replica: Manifest;
  /** The remote's numbers count these. */
  readonly sent: SentSteps;
  /** @param last the last one that was acknowledged, `steps` how many are by now */
  readonly onCommitted: (steps: number, last: PlannedStep) => void;
}

/** Takes acknowledgements and keeps the replica in step with them. */
export class Receiver {
  readonly #o: ReceiverOptions;
  readonly failures: StepFailure[] = [];
  /** Acknowledged so far. */
  steps = 0;
  /** Of the files that were put. */
  putBytes = 0;

  constructor(options: ReceiverOptions) {
    this.#o = options;
  }

  committed(news: { steps: number; failures: readonly { step: number; outcome: Outcome }[] }): void {
    const { sent, replica } = this.#o;
    if (news.steps < this.steps || news.steps > sent.count) throw peerFault('the remote acknowledged steps that it was not sent');
    const failed = new Map(news.failures.map(({ step, outcome }) => [step, outcome]));
    const last = replica.transaction(() => {
      const resolver = new Resolver(replica);
      let taken: PlannedStep | undefined;
      for (; this.steps < news.steps; this.steps++) {
        taken = sent.take() as PlannedStep;
        this.#take(taken, failed.get(this.steps), resolver);
      }
      return taken;
    });
    if (last !== undefined) this.#o.onCommitted(this.steps, last);
  }

  #take(planned: PlannedStep, failure: Outcome | undefined, resolver: Resolver): void {
    const { step } = planned;
    if (failure !== undefined && failure.kind !== 'done') {
      const content = step.kind === 'put' || step.kind === 'copy' ? step.content : null;
      this.failures.push({ path: display(pathOfStep(step)), outcome: failure, content });
      return;
    }
    const { source, replica } = this.#o;
    const { entries } = replayStep(replica, step, resolver);
    const [entry] = entries;
    if (entry !== undefined && planned.originId !== null) replica.setPeer(entry, planned.originId);
    if (step.kind === 'put') this.#keep(step, source, replica);
  }

  /** What the remote knows of a file's chunks from now on, the replica knows too. */
  #keep({ content }: FileStep, source: Manifest, replica: Manifest): void {
    this.putBytes += content.sizeBytes;
    keepList(replica, content, source);
  }
}
