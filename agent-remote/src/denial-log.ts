import type { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { CallContext } from '@btsoot/shared/wire/service.js';
import type { Log } from './log.js';
import { localSourceName } from './sources.js';

interface Recent {
  readonly loggedAtMs: number;
  /** Denied since, without a line. */
  silent: number;
}

/** Logs who was denied what: a line for each source now and then, however often it tries. */
export class DenialLog {
  readonly #log: Log;
  readonly #nameOf: (fingerprint: string) => string | undefined;
  readonly #nowMs: () => number;
  #count = 0;
  readonly #recent = new Map<string, Recent>();

  /** `nameOf` is asked for the name of a source, also of one that was revoked. */
  constructor(log: Log, nameOf: (fingerprint: string) => string | undefined, nowMs: () => number = Date.now) {
    this.#log = log;
    this.#nameOf = nameOf;
    this.#nowMs = nowMs;
  }

  /** All that were denied, logged or not. */
  get count(): number {
    return this.#count;
  }

  denied(error: BtsootError, method: string, { fingerprint, peer }: CallContext): void {
    this.#count++;
    const key = fingerprint ?? localSourceName;
    const nowMs = this.#nowMs();
    const last = this.#recent.get(key);
    if (last !== undefined && nowMs - last.loggedAtMs < limits.denialLogIntervalMs) {
      last.silent++;
      return;
    }
    this.#forgetBefore(nowMs - limits.denialLogIntervalMs);
    this.#recent.set(key, { loggedAtMs: nowMs, silent: 0 });
    const source = (fingerprint === null ? localSourceName : this.#nameOf(fingerprint)) ?? 'never paired';
    const certificate = fingerprint?.slice(0, 16) ?? 'none';
    this.#log.warn('call denied', { method, source, certificate, peer, reason: error.message, unlogged: last?.silent ?? 0 });
  }

  #forgetBefore(timeMs: number): void {
    for (const [key, { loggedAtMs }] of this.#recent) if (loggedAtMs <= timeMs) this.#recent.delete(key);
  }
}
