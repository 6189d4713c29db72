import { display } from '@btsoot/shared/model/bytes.js';
import { parseBlockPath } from '../block-path.js';
import { type ExitStatus, exitStatus } from '../exit-status.js';
import { historyJson, historyText } from '../output/history-text.js';
import { checkingArguments } from '../usage-error.js';
import { runWatched } from './watched.js';

export async function historyCommand(
  name: string,
  pathText: string | undefined,
  options: { readonly json?: true },
): Promise<ExitStatus> {
  return await runWatched(name, options.json === true, async (context, block, output, watch) => {
    const { blockHistory } = await import('../history.js');
    const typed = pathText === undefined ? '' : checkingArguments(() => parseBlockPath(pathText, block.source));
    const path = typed === '' ? null : typed;
    const history = await blockHistory(context, block, path, watch);
    const value = { block: name, kind: 'history', path: path === null ? null : display(path), ...historyJson(name, history) };
    output.result(historyText(name, history, Date.now() * 1000, output.paint), value);
    return history.path !== null && history.path.versions.length === 0 ? exitStatus.failed : exitStatus.done;
  });
}
