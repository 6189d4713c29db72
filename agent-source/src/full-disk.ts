import { BtsootError } from '@btsoot/shared/model/errors.js';
import type { Plan } from '@btsoot/shared/model/step.js';
import type { StepFailure } from './transfer/transfer.js';

/**
 * Stops what is under way once the disk that it goes to is full: what followed would cross the wire for nothing.
 * @param where whose disk it is, for the message
 * @param storedBytes of the contents that the plan brings, how much is there
 * @throws BtsootError of kind `no-space` where one of the failures says so
 */
export function requireSpace(failures: readonly StepFailure[], { summary }: Plan, where: string, storedBytes: number): void {
  const full = failures.find(({ outcome }) => outcome.kind === 'failed' && outcome.noSpace);
  if (full === undefined || full.outcome.kind !== 'failed') return;
  const missingBytes = summary.storeBytes - storedBytes;
  throw new BtsootError(
    'no-space',
    `${where} is full: ${missingBytes} bytes of ${summary.storeBytes} are still to be stored (${full.path}: ${full.outcome.message})`,
    { hint: 'What has arrived is kept. Make room there and run the command again: it goes on where it was.' },
  );
}
