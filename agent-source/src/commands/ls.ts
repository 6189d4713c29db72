import { ROOT_PATH } from '@btsoot/shared/model/bytes.js';
import { parseBlockPath } from '../block-path.js';
import { type ExitStatus, exitStatus } from '../exit-status.js';
import { parseMoment } from '../moments.js';
import { entryJson, listingText } from '../output/listing-text.js';
import { checkingArguments } from '../usage-error.js';
import { runWatched } from './watched.js';

interface Options {
  readonly at?: string;
  readonly recursive?: true;
  readonly json?: true;
}

export async function lsCommand(name: string, pathText: string | undefined, options: Options): Promise<ExitStatus> {
  const { at: atText } = options;
  const at = atText === undefined ? null : checkingArguments(() => parseMoment(atText));
  const isJson = options.json === true;
  return await runWatched(name, isJson, async (context, block, output, watch) => {
    const { listTree } = await import('../list-tree.js');
    const path = pathText === undefined ? ROOT_PATH : checkingArguments(() => parseBlockPath(pathText, block.source));
    await listTree(context, block, { path, at, recursive: options.recursive === true }, watch, (folder, children) => {
      if (children.length === 0) return;
      if (!isJson) output.result(listingText(folder, children), {});
      else for (const node of children) output.result('', { block: name, kind: 'entry', ...entryJson(folder, node) });
    });
    return exitStatus.done;
  });
}
