import { formatLoopback, type LoopbackAddress } from '@btsoot/shared/metrics/loopback.js';
import type { MetricsServer } from '@btsoot/shared/metrics/server.js';
import type { Logger } from '../log.js';
import { errorView } from '../sync-message.js';
import type { MetricsSource } from './metrics.js';

/** Serves the agent's metrics where the config says so. Nothing of it is loaded before. */
export class MetricsDoor {
  readonly #log: Logger;
  readonly #source: MetricsSource;
  #render: (() => Promise<string>) | null = null;
  #isClosed = false;
  #open: { readonly at: string; readonly server: MetricsServer } | null = null;

  constructor(log: Logger, source: MetricsSource) {
    this.#log = log;
    this.#source = source;
  }

  /** Prometheus' text format, whether it is served or not. */
  async renderMetrics(): Promise<string> {
    if (this.#render === null) {
      const { makeRenderMetrics } = await import('./metrics.js');
      this.#render ??= makeRenderMetrics(this.#source);
    }
    return await this.#render();
  }

  /** The settings as they are now. An address that cannot be had keeps no block from being synced. */
  async update(address: LoopbackAddress | null): Promise<void> {
    const at = address === null ? null : formatLoopback(address);
    if (at === (this.#open?.at ?? null)) return;
    await this.#shut();
    if (address === null || at === null || this.#isClosed) return;
    try {
      const { serveMetrics } = await import('@btsoot/shared/metrics/server.js');
      const onError = (error: unknown): void =>
        this.#log.log('error', 'metrics cannot be told', { error: errorView(error).message });
      this.#open = { at, server: await serveMetrics(address, () => this.renderMetrics(), onError) };
      this.#log.log('info', 'metrics are served', { at });
    } catch (error) {
      this.#log.log('error', 'metrics are not served', { at, error: errorView(error).message });
    }
  }

  /** For good. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#shut();
  }

  async #shut(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.server.close();
  }
}
