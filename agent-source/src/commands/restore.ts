import path from 'node:path';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { parseBlockPath } from '../block-path.js';
import { type ExitStatus, exitStatusOfResult } from '../exit-status.js';
import { parseMoment } from '../moments.js';
import { resultText } from '../output/result-text.js';
import { checkingArguments } from '../usage-error.js';
import { runWatched } from './watched.js';

interface Options {
  readonly to?: string;
  readonly at?: string;
  readonly dryRun?: true;
  readonly force?: true;
  readonly delete?: true;
  readonly retries?: number;
  readonly json?: true;
}

export async function restoreCommand(name: string, pathTexts: readonly string[], options: Options): Promise<ExitStatus> {
  const at = options.at === undefined ? null : checkingArguments(() => parseMoment(options.at ?? ''));
  return await runWatched(name, options.json === true, async (context, block, output, watch) => {
    const { restoreBlock } = await import('../restore.js');
    const result = await restoreBlock(context, block, {
      ...watch,
      at,
      paths: checkingArguments(() => pathTexts.map((text) => parseBlockPath(text, block.source))),
      to: options.to === undefined ? null : fromText(path.resolve(options.to)),
      dryRun: options.dryRun === true,
      force: options.force === true,
      delete: options.delete === true,
      damagedOnly: false,
      expectedPlan: null,
      retries: options.retries ?? limits.syncRetriesDefault,
    });
    output.result(resultText(result, 'restore', output.paint), { block: name, kind: 'result', result });
    return exitStatusOfResult(result.kind);
  });
}
