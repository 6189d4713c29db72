import {
  type CallOptions,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  connectivityState,
  credentials,
  type requestCallback,
  type ServiceError,
} from '@grpc/grpc-js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { Connections } from './connections.js';
import { CHANNEL_OPTIONS, silenceGrpc } from './options.js';
import { errorOf } from './status.js';
import { messages, readOneAhead, write } from './streams.js';
import { clientTls } from './tls.js';

/** PEM texts. Without certificate and key the client stays unknown, as while pairing. */
export type ChannelAddress =
  | {
      readonly kind: 'tls';
      readonly host: string;
      readonly port: number;
      readonly ca: string;
      readonly certificate?: string;
      readonly key?: string;
    }
  | { readonly kind: 'unix'; readonly path: string };

/** What a bidirectional call sends. */
export type Requests<T> = AsyncIterable<T> | Iterable<T>;

type Constructor<C extends Client> = new (...args: ConstructorParameters<typeof Client>) => C;

/** One connection to one service, made at the first call and again after it was lost; calls as promises and iterables. */
export class Channel<C extends Client> {
  readonly #client: C;
  /** For messages: who is on the other side. */
  readonly #where: string;
  readonly #calls = new Set<{ cancel(): void }>();
  readonly #connections = new Connections();

  constructor(service: Constructor<C>, address: ChannelAddress) {
    silenceGrpc();
    if (address.kind === 'unix') {
      this.#where = `the agent at ${address.path}`;
      this.#client = new service(`unix:${address.path}`, this.#connections.watch(credentials.createInsecure()), CHANNEL_OPTIONS);
    } else {
      const host = address.host.includes(':') ? `[${address.host}]` : address.host;
      this.#where = `the remote at ${host}:${address.port}`;
      this.#client = new service(`dns:${host}:${address.port}`, this.#connections.watch(clientTls(address)), CHANNEL_OPTIONS);
    }
  }

  /** A call with one answer. Has a deadline. */
  async unary<R>(
    begin: (client: C, options: CallOptions, done: requestCallback<R>) => ClientUnaryCall,
    signal: AbortSignal | undefined,
  ): Promise<R> {
    await this.#connected(signal);
    return new Promise<R>((resolve, reject) => {
      let ended = () => {};
      const done = (error: ServiceError | null, reply?: R) => {
        ended();
        if (error !== null || reply === undefined) reject(this.#errorOf(error, signal));
        else if (reply instanceof BtsootError) reject(reply);
        else resolve(reply);
      };
      const call = begin(this.#client, { deadline: Date.now() + limits.unaryDeadlineMs }, done);
      ended = this.#begun(call, signal);
    });
  }

  /** The answers to one request, read no faster than they are asked for. The call starts with the iteration and ends with it. */
  async *serverStream<R>(
    begin: (client: C) => ClientReadableStream<R>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<R, void, undefined> {
    await this.#connected(signal);
    const call = begin(this.#client);
    yield* this.#replies(call, signal, () => undefined);
  }

  /**
   * Requests out and replies in, each at its own pace. An error of `requests` itself cancels the call and comes out of
   * the replies. Requests that are not wanted any more are not asked for.
   */
  async *bidi<Q, R>(
    begin: (client: C) => ClientDuplexStream<Q, R>,
    requests: Requests<Q>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<R, void, undefined> {
    await this.#connected(signal);
    const call = begin(this.#client);
    const over = new AbortController();
    let failure: unknown;
    send(call, requests, over.signal).catch((error: unknown) => {
      if (over.signal.aborted) return;
      failure = error;
      call.cancel();
    });
    try {
      yield* this.#replies(call, signal, () => failure);
    } finally {
      over.abort();
    }
  }

  /** Ends the calls that still run, and the connection: in order, or by force where the other side does not play along. */
  close(): void {
    for (const call of this.#calls) call.cancel();
    this.#client.close();
    setTimeout(() => this.#connections.destroy(), limits.channelCloseMaxMs).unref();
  }

  async *#replies<R>(
    call: ClientReadableStream<R>,
    signal: AbortSignal | undefined,
    ownFailure: () => unknown,
  ): AsyncGenerator<R, void, undefined> {
    readOneAhead(call);
    // An error may come while nobody iterates; the iteration tells it.
    call.on('error', () => {});
    const ended = this.#begun(call, signal);
    try {
      yield* messages<R>(call);
    } catch (error) {
      throw ownFailure() ?? this.#errorOf(error, signal);
    } finally {
      ended();
      call.cancel();
    }
  }

  /** Lets the signal, and the channel's end, cancel a call. Returns what undoes it. */
  #begun(call: { cancel(): void }, signal: AbortSignal | undefined): () => void {
    const unbridge = bridge(signal, call);
    this.#calls.add(call);
    return () => {
      unbridge();
      this.#calls.delete(call);
    };
  }

  /** Calls on a channel that cannot connect fail at once; one that hangs in connecting is given up after a while. */
  async #connected(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw cancelled(signal);
    const channel = this.#client.getChannel();
    const deadline = Date.now() + limits.connectTimeoutMs;
    for (;;) {
      const state = channel.getConnectivityState(true);
      if (state !== connectivityState.IDLE && state !== connectivityState.CONNECTING) return;
      await new Promise<void>((resolve, reject) => {
        const abort = () => reject(cancelled(signal));
        signal?.addEventListener('abort', abort, { once: true });
        channel.watchConnectivityState(state, deadline, (late) => {
          signal?.removeEventListener('abort', abort);
          if (late === undefined) resolve();
          else
            reject(
              new BtsootError('unreachable', `${this.#where} does not answer`, {
                hint: 'Is that machine on, does `btsoot-remote serve` run there, and is the address right?',
              }),
            );
        });
      });
    }
  }

  #errorOf(error: unknown, signal: AbortSignal | undefined): BtsootError {
    return signal?.aborted ? cancelled(signal) : errorOf(error, this.#where);
  }
}

async function send<Q>(call: ClientDuplexStream<Q, unknown>, requests: Requests<Q>, over: AbortSignal): Promise<void> {
  for await (const request of requests) {
    if (over.aborted) return;
    await write(call, request, over);
  }
  call.end();
}

/** Lets a signal cancel a call. Returns what undoes it. */
function bridge(signal: AbortSignal | undefined, call: { cancel(): void }): () => void {
  const cancel = () => call.cancel();
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  return () => signal?.removeEventListener('abort', cancel);
}

/** Why a signal was aborted. */
export function cancelled(signal: AbortSignal | undefined): BtsootError {
  if (signal?.reason instanceof BtsootError) return signal.reason;
  return new BtsootError('cancelled', 'cancelled', { cause: signal?.reason });
}
