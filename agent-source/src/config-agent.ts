import { parseLoopback } from '@btsoot/shared/metrics/loopback.js';
import { limits } from '@btsoot/shared/model/limits.js';
import * as z from 'zod';
import { parseAddress } from './address.js';
import type { AgentSettings } from './agent-settings.js';
import { orIssue } from './or-issue.js';

const HOST_NAME_PATTERN = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/** What the config file's `[agent]` table says. */
export const agentSchema = z.strictObject({
  metrics: z.string().transform(orIssue(parseLoopback)).optional(),
  dashboard: z.string().transform(orIssue(parseAddress)).optional(),
  dashboard_names: z
    .array(z.string().regex(HOST_NAME_PATTERN, 'must be names of this machine, such as "nas.example.org"'))
    .max(limits.dashboardNamesMax, `must be at most ${limits.dashboardNamesMax} names`)
    .default([]),
});

export function toAgentSettings(found: z.output<typeof agentSchema>): AgentSettings {
  const { metrics = null, dashboard = null, dashboard_names: dashboardNames } = found;
  return { metrics, dashboard, dashboardNames };
}
