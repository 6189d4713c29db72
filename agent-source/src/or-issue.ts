import { BtsootError } from '@btsoot/shared/model/errors.js';
import * as z from 'zod';

/** A parser of ours as a zod transform: what it throws is the issue's message. */
export function orIssue<T>(parser: (text: string) => T): (text: string, context: z.RefinementCtx) => T {
  return (text, context) => {
    try {
      return parser(text);
    } catch (error) {
      if (!(error instanceof BtsootError)) throw error;
      context.addIssue({ code: 'custom', message: `cannot be: ${error.message}` });
      return z.NEVER;
    }
  };
}
