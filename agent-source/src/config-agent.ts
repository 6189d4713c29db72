import { type LoopbackAddress, parseLoopback } from '@btsoot/shared/metrics/loopback.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import * as z from 'zod';
import type { AgentSettings } from './agent-settings.js';

/** What the config file's `[agent]` table says. */
export const agentSchema = z.strictObject({
  metrics: z.string().transform(loopbackOrIssue).optional(),
});

export function toAgentSettings(found: z.output<typeof agentSchema>): AgentSettings {
  return { metrics: found.metrics ?? null };
}

function loopbackOrIssue(text: string, context: z.RefinementCtx): LoopbackAddress {
  try {
    return parseLoopback(text);
  } catch (error) {
    if (!(error instanceof BtsootError)) throw error;
    context.addIssue({ code: 'custom', message: `cannot be: ${error.message}` });
    return z.NEVER;
  }
}
