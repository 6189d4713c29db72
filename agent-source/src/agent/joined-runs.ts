import type { DriftPolicy } from '@btsoot/shared/model/drift.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { isEnd, type SyncMessage } from '../sync-message.js';
import type { LooksAt } from './due.js';
import { MessageQueue } from './message-queue.js';

/** What a trigger asks for. Two that are equal are served by one run. */
export interface SyncRequestView {
  readonly block: string;
  readonly dryRun: boolean;
  readonly acceptPlan: string | null;
  readonly drift: DriftPolicy | null;
  readonly looksAt: LooksAt;
}

/** Does one sync, and emits its progress and its end. Must not throw. */
export type StartRun = (request: SyncRequestView, emit: (message: SyncMessage) => void, signal: AbortSignal) => Promise<unknown>;

export interface RunningView {
  readonly block: string;
  readonly phase: string;
  readonly startedUs: number;
}

interface Run {
  readonly request: SyncRequestView;
  readonly startedUs: number;
  readonly watchers: Set<MessageQueue>;
  /** The latest of each kind that a watcher who comes late has to know. */
  readonly known: Map<SyncMessage['kind'], SyncMessage>;
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
  /** Whether it has begun to look at the source, in its present try. */
  isLooking: boolean;
}

/**
 * One run a block at a time. Triggers that ask for what already runs join it, and all of them get its events; one that
 * asks for something else on the same block waits its turn. Whoever joins a run that looks at the source already gets its progress,
 * and then a run that sees all that was there when he came. A run goes on when its watchers leave.
 */
export class JoinedRuns {
  readonly #runs = new Map<string, Run>();
  readonly #start: StartRun;
  readonly #stop = new AbortController();

  constructor(start: StartRun) {
    this.#start = start;
  }

  /** The events of what serves this request, one end last. Leaving the iteration leaves the run alone. */
  async *join(request: SyncRequestView, signal: AbortSignal): AsyncGenerator<SyncMessage> {
    for (let isServed = false; !isServed; ) {
      const queue = new MessageQueue();
      const leave = (): void => queue.close();
      signal.addEventListener('abort', leave, { once: true });
      const { run, isLate } = await this.#watch(request, queue, signal);
      isServed = true;
      try {
        for await (const message of queue) {
          if (isLate && saysAllIsWell(message)) isServed = false;
          else yield message;
        }
      } finally {
        run.watchers.delete(queue);
        signal.removeEventListener('abort', leave);
      }
    }
  }

  running(): RunningView[] {
    return [...this.#runs.values()].map((run) => {
      const phase = run.known.get('phase');
      return { block: run.request.block, phase: phase?.kind === 'phase' ? phase.phase : 'start', startedUs: run.startedUs };
    });
  }

  /** Asks the block's run to stop, if there is one; what is thrown in it is the reason. */
  stopRun(block: string, reason: BtsootError): void {
    this.#runs.get(block)?.stop.abort(reason);
  }

  /** Asks all runs to stop, and waits until they have. Nothing starts any more. */
  async stop(): Promise<void> {
    const hint = 'What was done by then is kept.';
    this.#stop.abort(new BtsootError('cancelled', 'the agent was asked to stop', { hint }));
    await Promise.allSettled([...this.#runs.values()].map((run) => run.ended));
  }

  /** Finds or begins the run, and attaches the queue to it in the same turn: no event falls in between. */
  async #watch(
    request: SyncRequestView,
    queue: MessageQueue,
    signal: AbortSignal,
  ): Promise<{ readonly run: Run; readonly isLate: boolean }> {
    for (;;) {
      if (this.#stop.signal.aborted)
        throw new BtsootError('unreachable', 'the agent is stopping', {
          hint: 'Run it again: without an agent, the command does the work itself.',
        });
      if (signal.aborted) throw new BtsootError('cancelled', 'the trigger has left');
      const running = this.#runs.get(request.block);
      if (running === undefined || sameRequest(running.request, request)) {
        const run = running ?? this.#begin(request);
        for (const message of run.known.values()) queue.push(message);
        run.watchers.add(queue);
        return { run, isLate: run.isLooking };
      }
      await endOrAbort(running, signal);
    }
  }

  #begin(request: SyncRequestView): Run {
    const watchers = new Set<MessageQueue>();
    const known = new Map<SyncMessage['kind'], SyncMessage>();
    const emit = (message: SyncMessage): void => {
      if (message.kind !== 'problem') known.set(message.kind, message);
      if (message.kind === 'phase' && message.phase === 'scan') run.isLooking = true;
      if (message.kind === 'retry') run.isLooking = false;
      for (const watcher of watchers) watcher.push(message);
    };
    const finish = (): void => {
      this.#runs.delete(request.block);
      for (const watcher of watchers) watcher.close();
    };
    const stop = new AbortController();
    const startedUs = Date.now() * 1000;
    // Begun in a later turn: whoever asked for it is attached by then.
    const ended = Promise.resolve()
      .then(() => this.#start(request, emit, AbortSignal.any([this.#stop.signal, stop.signal])))
      .finally(finish);
    const run: Run = { request, startedUs, watchers, known, stop, ended, isLooking: false };
    this.#runs.set(request.block, run);
    return run;
  }
}

function sameRequest(a: SyncRequestView, b: SyncRequestView): boolean {
  return (
    a.block === b.block &&
    a.dryRun === b.dryRun &&
    a.acceptPlan === b.acceptPlan &&
    a.drift === b.drift &&
    a.looksAt === b.looksAt
  );
}

/** What was changed while the run went on is not meant by that. */
function saysAllIsWell(message: SyncMessage): boolean {
  return isEnd(message) && message.kind === 'result' && message.result.kind !== 'refused';
}

/** Leaves nothing on a signal that may last for years. */
async function endOrAbort({ ended }: Run, signal: AbortSignal): Promise<void> {
  const waiting = new AbortController();
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true, signal: waiting.signal });
  });
  await Promise.race([ended, aborted]);
  waiting.abort();
}
