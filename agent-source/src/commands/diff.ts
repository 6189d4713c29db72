import { type ExitStatus, exitStatusOfResult } from '../exit-status.js';
import { resultText } from '../output/result-text.js';
import { runWatched } from './watched.js';

export async function diffCommand(name: string, options: { readonly json?: true }): Promise<ExitStatus> {
  return await runWatched(name, options.json === true, async (context, block, output, watch) => {
    const { diffBlock } = await import('../cycle.js');
    const result = await diffBlock(context, block, watch);
    output.result(resultText(result, 'sync', output.paint), { block: name, kind: 'result', result });
    return exitStatusOfResult(result.kind);
  });
}
