import { BtsootError } from '@btsoot/shared/model/errors.js';

/** The command line cannot be what the person meant: an unknown block, a malformed name, time or target. */
export class UsageError extends BtsootError {}

/** Runs a check of an argument: what it finds wrong is a usage error. */
export function checkingArguments<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof BtsootError) || error instanceof UsageError) throw error;
    throw new UsageError(error.kind, error.message, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error.cause,
    });
  }
}
