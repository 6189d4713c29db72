import { display } from '@btsoot/shared/model/bytes.js';
import { formatAddress } from '../address.js';
import { type Config, loadConfig } from '../config.js';
import { type ExitStatus, exitStatus } from '../exit-status.js';
import { pausedText } from '../output/status-text.js';
import { table } from '../output/table.js';
import { findPaths, type Paths } from '../paths.js';
import { readPause } from '../pause.js';
import { displayTarget } from '../targets.js';

export async function listCommand(options: { readonly json?: true }): Promise<ExitStatus> {
  const paths = findPaths();
  const config = await loadConfig(paths);
  const nowUs = Date.now() * 1000;
  process.stdout.write(
    options.json === true ? `${JSON.stringify(listView(paths, config, nowUs))}\n` : listText(paths, config, nowUs),
  );
  return exitStatus.done;
}

function listView(paths: Paths, config: Config, nowUs: number): object {
  const blocks = [...config.blocks.values()].map((block) => ({
    name: block.name,
    source: display(block.source),
    target: displayTarget(block.target),
    pause: readPause(paths, block.name, nowUs),
  }));
  const remotes = [...config.remotes.values()].map((remote) => ({ name: remote.name, address: formatAddress(remote) }));
  return { blocks, remotes };
}

function listText(paths: Paths, config: Config, nowUs: number): string {
  if (config.blocks.size + config.remotes.size === 0) {
    return 'Nothing yet. Begin with `btsoot add <block> <source-dir> <target>`; `btsoot --help` shows how.\n';
  }
  const blocks = [...config.blocks.values()].map((block) => {
    const pause = readPause(paths, block.name, nowUs);
    const paused = pause === null ? '' : ` (${pausedText(pause, nowUs)})`;
    return [block.name, `${display(block.source)} -> ${displayTarget(block.target)}${paused}`];
  });
  const remotes = [...config.remotes.values()].map((remote) => [`${remote.name}:`, formatAddress(remote)]);
  return [...table(blocks), ...table(remotes)].map((line) => `${line}\n`).join('');
}
