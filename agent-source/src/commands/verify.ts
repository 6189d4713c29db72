import { type ExitStatus, exitStatus, exitStatusOfResult, worstExitStatus } from '../exit-status.js';
import { writeLastVerify } from '../last-verify.js';
import { verifyText } from '../output/verify-text.js';
import type { Side, VerifyResult } from '../verify-types.js';
import { runWatched } from './watched.js';

interface Options {
  readonly source?: true;
  readonly remote?: true;
  readonly repair?: true;
  readonly rate?: number;
  readonly json?: true;
}

export async function verifyCommand(name: string, options: Options): Promise<ExitStatus> {
  return await runWatched(name, options.json === true, async (context, block, output, watch) => {
    const { verifyBlock } = await import('../verify.js');
    const result = await verifyBlock(context, block, {
      ...watch,
      sides: sidesOf(options),
      repair: options.repair === true,
      bytesPerSecond: options.rate ?? null,
    });
    writeLastVerify(context.paths, result, Date.now() * 1000);
    output.result(verifyText(result, output.paint), { block: name, kind: 'result', result });
    return exitStatusOf(result);
  });
}

/** Neither named: both. */
function sidesOf({ source, remote }: Options): Side[] {
  if (source === undefined && remote === undefined) return ['source', 'remote'];
  return [...(source === true ? ['source' as const] : []), ...(remote === true ? ['remote' as const] : [])];
}

function exitStatusOf({ kind, restored, synced }: VerifyResult): ExitStatus {
  if (kind !== 'damaged') return exitStatus.done;
  const repairs = [restored, synced].flatMap((result) => (result === null ? [] : [exitStatusOfResult(result.kind)]));
  return worstExitStatus([exitStatus.partial, ...repairs]);
}
