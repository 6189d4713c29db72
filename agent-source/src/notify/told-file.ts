import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '@btsoot/shared/disk/durable.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { blockPaths, type Paths } from '../paths.js';
import { NOTIFY_EVENTS, type Told } from './events.js';

/** Empty where nothing was told yet. A file that is damaged counts as none: what is told twice does no harm. */
export async function readTold(paths: Paths, block: string): Promise<Told> {
  try {
    const value = Object(JSON.parse(await readFile(blockPaths(paths, block).told, 'utf8'))) as Record<string, unknown>;
    return Object.fromEntries(
      NOTIFY_EVENTS.filter((event) => Number.isSafeInteger(value[event])).map((event) => [event, value[event]]),
    );
  } catch {
    return {};
  }
}

export async function writeTold(paths: Paths, block: string, told: Told): Promise<void> {
  const file = blockPaths(paths, block).told;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomic(fromText(file), `${JSON.stringify(told)}\n`, 0o600);
}
