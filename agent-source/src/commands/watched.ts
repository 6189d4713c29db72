import type { ProgressEvent } from '@btsoot/shared/model/progress.js';
import { namedBlock, openContext } from '../context.js';
import { type ExitStatus, exitStatusOfError } from '../exit-status.js';
import { interruptible } from '../interrupt.js';
import { type Output, openOutput } from '../output/output.js';
import type { ResultOf } from '../output/result-text.js';
import { errorView } from '../sync-message.js';
import { withBlockLock } from '../sync-run.js';
import type { Block, Context, WatchOptions } from '../sync-types.js';
import { UsageError } from '../usage-error.js';

/** One piece of work on one block that shows its progress; it prints its own result and says how the process ends. */
export type WatchedWork = (context: Context, block: Block, output: Output, options: WatchOptions) => Promise<ExitStatus>;

/** Runs it under the block's lock, interruptibly; an error is shown as the output shows errors. */
export async function runWatched(name: string, json: boolean, work: WatchedWork, of: ResultOf = 'sync'): Promise<ExitStatus> {
  const context = await openContext();
  const block = namedBlock(context.config, name);
  const output = openOutput(json, of);
  const report = (event: ProgressEvent): void => output.progress(name, event);
  try {
    return await interruptible((signal) => withBlockLock(context, block, () => work(context, block, output, { signal, report })));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const view = errorView(error);
    output.error(name, view);
    return exitStatusOfError(view.kind);
  } finally {
    await context.log.close();
  }
}
