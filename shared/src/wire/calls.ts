import type { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServerUnaryCall,
  StatusObject,
} from '@grpc/grpc-js';
import { BtsootError, isSystemError } from '../model/errors.js';
import { certificateFingerprint } from './certificate-fingerprint.js';
import type { CallContext, ServeOptions } from './service.js';
import { statusOf } from './status.js';
import { accepted, messages, readOneAhead, write, writeFewAhead } from './streams.js';

type AnyCall = Pick<ServerUnaryCall<unknown, unknown>, 'getPeer' | 'getAuthContext'> & EventEmitter;

/** Turns plain async functions into grpc-js handlers, and knows which of them run. */
export class Calls {
  readonly #running = new Set<Promise<void>>();
  readonly #options: ServeOptions;

  constructor(options: ServeOptions) {
    this.#options = options;
  }

  /**
   * Resolves when no handler runs any more, or `withinMs` are over: a handler that never ends, which is a bug and
   * reported as one, must not keep the process from ending.
   */
  async settled(withinMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), withinMs);
    });
    while (this.#running.size > 0) {
      if ((await Promise.race([Promise.all(this.#running), late])) !== 'late') continue;
      const error = new BtsootError('internal', `${this.#running.size} handlers do not end, and are left behind`);
      this.#running.clear();
      this.#options.onError?.(error, 'close');
    }
    clearTimeout(timer);
  }

  unary<Q, R>(method: string, handle: (request: Q, context: CallContext) => Promise<R>): handleUnaryCall<Q, R> {
    return (call, callback) => {
      this.#run(call, async (context) => {
        try {
          callback(null, await handle(accepted(call.request), context));
        } catch (error) {
          callback(this.#failed(error, method, context));
        }
      });
    };
  }

  serverStream<Q, R>(
    method: string,
    handle: (request: Q, context: CallContext) => AsyncIterable<R>,
  ): handleServerStreamingCall<Q, R> {
    return (call) => {
      this.#run(call, (context) => this.#reply(call, method, context, () => handle(accepted(call.request), context)));
    };
  }

  bidi<Q, R>(
    method: string,
    handle: (requests: AsyncIterable<Q>, context: CallContext) => AsyncIterable<R>,
  ): handleBidiStreamingCall<Q, R> {
    return (call) => {
      readOneAhead(call);
      this.#run(call, (context) => this.#reply(call, method, context, () => handle(requestsOf<Q>(call, context), context)));
    };
  }

  #run(call: AnyCall, work: (context: CallContext) => Promise<void>): void {
    const abort = new AbortController();
    const cancel = () => abort.abort(gone());
    call.on('cancelled', cancel);
    const task = work({ fingerprint: fingerprintOf(call), signal: abort.signal, peer: call.getPeer() }).finally(() => {
      // grpc-js says `cancelled` of completed calls too.
      call.off('cancelled', cancel);
      this.#running.delete(task);
    });
    this.#running.add(task);
  }

  async #reply<R>(call: Writable, method: string, context: CallContext, replies: () => AsyncIterable<R>): Promise<void> {
    try {
      writeFewAhead(call);
      for await (const reply of replies()) await write(call, reply, context.signal);
      call.end();
    } catch (error) {
      const status = this.#failed(error, method, context);
      // This is how grpc-js takes a status. Nobody is left to hear it after a cancel.
      if (!context.signal.aborted) call.emit('error', status);
    }
  }

  /** A bug is for the log, and the caller learns only that there is one. What a cancelled handler throws is no bug. */
  #failed(error: unknown, method: string, context: CallContext): StatusObject {
    const isBug = !isSystemError(error) && (!(error instanceof BtsootError) || error.kind === 'internal');
    const isAbort = error instanceof Error && error.name === 'AbortError';
    if (isBug && !(context.signal.aborted && isAbort)) this.#options.onError?.(error, method);
    if (error instanceof BtsootError && error.kind === 'denied') this.#options.onDenied?.(error, method, context);
    return statusOf(error);
  }
}

async function* requestsOf<Q>(call: Readable, context: CallContext): AsyncGenerator<Q, void, undefined> {
  try {
    yield* messages<Q>(call);
  } catch (error) {
    throw context.signal.aborted || call.destroyed ? gone() : error;
  }
}

function gone(): BtsootError {
  return new BtsootError('cancelled', 'the caller ended the call, or its connection was cut');
}

function fingerprintOf(call: AnyCall): string | null {
  const certificate = call.getAuthContext().sslPeerCertificate;
  return certificate === undefined ? null : certificateFingerprint(certificate.raw);
}
