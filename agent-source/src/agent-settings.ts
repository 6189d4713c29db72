import type { LoopbackAddress } from '@btsoot/shared/metrics/loopback.js';
import type { Address } from './address.js';

/** What the source agent does as a service, beside its syncs. */
export interface AgentSettings {
  /** Where Prometheus reads its metrics; null: nowhere. */
  readonly metrics: LoopbackAddress | null;
  /** Where the dashboard is served; null: nowhere. */
  readonly dashboard: Address | null;
  /** Names of this machine, beside its own, by which a browser may ask for the dashboard. */
  readonly dashboardNames: readonly string[];
}

export const NO_AGENT_SETTINGS: AgentSettings = { metrics: null, dashboard: null, dashboardNames: [] };
