import { setTimeout as pause } from 'node:timers/promises';
import type { Server } from '@grpc/grpc-js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { Calls } from './calls.js';
import type { HealthHandlers as WireHealthHandlers } from './gen/grpc/health/v1/Health.js';
import type { HealthCheckRequest__Output } from './gen/grpc/health/v1/HealthCheckRequest.js';
import type { HealthCheckResponse } from './gen/grpc/health/v1/HealthCheckResponse.js';
import { healthPackage } from './proto.js';
import type { CallContext, ServeOptions } from './service.js';

type Status = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

/** Tells those who may call a server whether it serves: grpc.health.v1. */
export class Health {
  readonly #service: string;
  readonly #options: Pick<ServeOptions, 'admit' | 'isWell'>;
  readonly #stopping = new AbortController();

  /** @param service the one that the server offers, by its full name */
  constructor(service: string, options: Pick<ServeOptions, 'admit' | 'isWell'>) {
    this.#service = service;
    this.#options = options;
  }

  addTo(server: Server, calls: Calls): void {
    const implementation: WireHealthHandlers = {
      Check: calls.unary('Health.Check', (request, context) => this.#check(request, context)),
      Watch: calls.serverStream('Health.Watch', (request, context) => this.#watch(request, context)),
    };
    server.addService(healthPackage().Health.service, implementation);
  }

  /** Whoever watches hears that it serves no more, and is let go. */
  stop(): void {
    this.#stopping.abort();
  }

  async #check({ service }: HealthCheckRequest__Output, context: CallContext): Promise<HealthCheckResponse> {
    const status = this.#statusOf(service, context);
    if (status === 'SERVICE_UNKNOWN')
      throw new BtsootError('not-found', `there is no service "${service}" here`, {
        hint: 'Ask for no name: that is the agent as a whole.',
      });
    return { status };
  }

  async *#watch({ service }: HealthCheckRequest__Output, context: CallContext): AsyncGenerator<HealthCheckResponse> {
    const signal = AbortSignal.any([context.signal, this.#stopping.signal]);
    for (let told: Status | null = null; !context.signal.aborted; ) {
      const status = this.#statusOf(service, context);
      if (status !== told) yield { status };
      told = status;
      if (this.#stopping.signal.aborted) return;
      await pause(limits.healthLookEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @throws BtsootError of kind `denied` for a source that was revoked. */
  #statusOf(service: string, { fingerprint }: CallContext): Status {
    const { admit, isWell } = this.#options;
    if (fingerprint !== null && admit?.(fingerprint) === false) {
      throw new BtsootError('denied', 'this source is not paired with the remote, or was revoked there', {
        hint: 'Pair it anew: `btsoot-remote pair` there, then `btsoot pair CODE --replace` here.',
      });
    }
    if (service !== '' && service !== this.#service) return 'SERVICE_UNKNOWN';
    return this.#stopping.signal.aborted || isWell?.() === false ? 'NOT_SERVING' : 'SERVING';
  }
}
