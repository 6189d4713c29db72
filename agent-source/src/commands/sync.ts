import type { DriftPolicy } from '@btsoot/shared/model/drift.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { namedBlocks, openContext } from '../context.js';
import type { ExitStatus } from '../exit-status.js';
import { interruptible } from '../interrupt.js';
import { type Output, openOutput } from '../output/output.js';
import { resultText } from '../output/result-text.js';
import { pausedText } from '../output/status-text.js';
import type { Paths } from '../paths.js';
import { readPause } from '../pause.js';
import { syncAll } from '../sync-all.js';
import type { SyncEnd, SyncMessage } from '../sync-message.js';
import type { SyncRun } from '../sync-run.js';
import type { Block } from '../sync-types.js';
import { triggerSync } from '../trigger.js';
import { UsageError } from '../usage-error.js';

interface Options {
  readonly dryRun?: true;
  readonly accept?: string;
  readonly retries?: number;
  readonly drift?: DriftPolicy;
  readonly json?: true;
}

export async function syncCommand(names: readonly string[], options: Options): Promise<ExitStatus> {
  const context = await openContext();
  const blocks = namedBlocks(context.config, names);
  checkCombination(blocks, options);
  const output = openOutput(options.json === true);
  if (options.json !== true && options.dryRun !== true) for (const block of blocks) sayIfPaused(context.paths, block);
  try {
    return await interruptible((signal) => {
      const emit = (message: SyncMessage): void => show(output, message);
      const sync = (block: Block): Promise<SyncEnd> => triggerSync(context, block, syncRun(options, signal, emit));
      return syncAll(blocks, { sync, emit, signal });
    });
  } finally {
    await context.log.close();
  }
}

/** A pause keeps away what begins by itself; this is asked for. */
function sayIfPaused(paths: Paths, { name }: Block): void {
  const nowUs = Date.now() * 1000;
  const pause = readPause(paths, name, nowUs);
  if (pause === null) return;
  const state = pausedText(pause, nowUs);
  process.stderr.write(`${name}: ${state}; synced now as you ask for it, and by itself after \`btsoot resume ${name}\`\n`);
}

function syncRun(options: Options, signal: AbortSignal, emit: SyncRun['emit']): SyncRun {
  return {
    dryRun: options.dryRun === true,
    acceptPlan: options.accept ?? null,
    drift: options.drift ?? null,
    retries: options.retries ?? limits.syncRetriesDefault,
    watch: null,
    looksAt: 'everything',
    signal,
    ending: signal,
    emit,
  };
}

function show(output: Output, message: SyncMessage): void {
  if (message.kind === 'result') output.result(resultText(message.result, 'sync', output.paint), message);
  else if (message.kind === 'error') output.error(message.block, message.error);
  else {
    const { block, ...event } = message;
    output.progress(block, event);
  }
}

function checkCombination(blocks: readonly Block[], options: Options): void {
  if (blocks.length === 0) {
    throw new UsageError('not-found', 'there is no block to sync yet', {
      hint: 'Add one with `btsoot add <block> <source-dir> <target>`.',
    });
  }
  if (options.accept !== undefined && blocks.length > 1) {
    throw new UsageError('invalid', '--accept goes with one block: its plan is the one that the digest names', {
      hint: 'Name the block: `btsoot sync BLOCK --accept DIGEST`.',
    });
  }
}
