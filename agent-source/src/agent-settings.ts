import type { LoopbackAddress } from '@btsoot/shared/metrics/loopback.js';

/** Settings of the agent itself. */
export interface AgentSettings {
  /** Where Prometheus reads its metrics; null: nowhere. */
  readonly metrics: LoopbackAddress | null;
}

export const NO_AGENT_SETTINGS: AgentSettings = { metrics: null };
