import type { IncomingMessage } from 'node:http';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { z } from 'zod';

/** The JSON that came with a request, checked. @throws BtsootError of kind `invalid` for another, or too much of it. */
export async function bodyOf<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > limits.dashboardBodyMaxBytes)
      throw new BtsootError('invalid', `more than ${limits.dashboardBodyMaxBytes} bytes came`, {
        hint: 'Ask for less at a time.',
      });
    parts.push(part);
  }
  const checked = schema.safeParse(jsonIn(Buffer.concat(parts).toString('utf8')));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new BtsootError('invalid', `${issue?.path.join('.') || 'what came'}: ${issue?.message ?? 'cannot be'}`, {
    hint: 'Is the page of another version than the agent? Load it again.',
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
