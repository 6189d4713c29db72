import { limits } from '@btsoot/shared/model/limits.js';
import * as z from 'zod';
import { durationSchema } from './config-duration.js';
import { NOTIFY_EVENTS, type NotifyEvent } from './notify/events.js';

/** Who is told of what, of all blocks. */
export interface NotifySettings {
  readonly on: ReadonlySet<NotifyEvent>;
  /** For `/bin/sh -c`; null: none. */
  readonly command: string | null;
  readonly webhook: string | null;
  /** After which time without a good sync a running agent says so. */
  readonly staleAfterMs: number;
}

export const urlSchema = z.string().refine(isHttp, 'must be an address that begins with http:// or https://');

export const commandSchema = z.string().regex(/^[^\0]*\S[^\0]*$/, 'must be a command for the shell');

/** What the config file's `[notify]` table says. */
export const notifySchema = z.strictObject({
  on: z.array(z.enum(NOTIFY_EVENTS)).default(['partial', 'failure', 'drift', 'stale']),
  command: commandSchema.optional(),
  webhook: urlSchema.optional(),
  stale_after: durationSchema(limits.staleAfterMinMs, limits.staleAfterMaxMs).default(limits.staleAfterDefaultMs),
});

export function toNotifySettings(found: z.output<typeof notifySchema>): NotifySettings {
  const { on, command = null, webhook = null, stale_after: staleAfterMs } = found;
  return { on: new Set(on), command, webhook, staleAfterMs };
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
