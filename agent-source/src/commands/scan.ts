import { type ExitStatus, exitStatus } from '../exit-status.js';
import { scanText } from '../output/result-text.js';
import { runWatched } from './watched.js';

export async function scanCommand(name: string, options: { readonly json?: true }): Promise<ExitStatus> {
  return await runWatched(name, options.json === true, async (context, block, output, watch) => {
    const { scanBlock } = await import('../cycle.js');
    const result = await scanBlock(context, block, watch);
    output.result(scanText(name, result, output.paint), { block: name, kind: 'scan', result });
    return result.problemCount > 0 ? exitStatus.partial : exitStatus.done;
  });
}
