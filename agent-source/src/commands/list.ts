import { display } from '@btsoot/shared/model/bytes.js';
import { formatAddress } from '../address.js';
import { type Config, loadConfig } from '../config.js';
import { type ExitStatus, exitStatus } from '../exit-status.js';
import { table } from '../output/table.js';
import { findPaths } from '../paths.js';
import { displayTarget } from '../targets.js';

export async function listCommand(options: { readonly json?: true }): Promise<ExitStatus> {
  const config = await loadConfig(findPaths());
  process.stdout.write(options.json === true ? `${JSON.stringify(listView(config))}\n` : listText(config));
  return exitStatus.done;
}

function listView(config: Config): object {
  const blocks = [...config.blocks.values()].map((block) => ({
    name: block.name,
    source: display(block.source),
    target: displayTarget(block.target),
  }));
  const remotes = [...config.remotes.values()].map((remote) => ({ name: remote.name, address: formatAddress(remote) }));
  return { blocks, remotes };
}

function listText(config: Config): string {
  if (config.blocks.size + config.remotes.size === 0) {
    return 'Nothing yet. Begin with `btsoot add <block> <source-dir> <target>`; `btsoot --help` shows how.\n';
  }
  const blocks = [...config.blocks.values()].map((block) => [
    block.name,
    `${display(block.source)} -> ${displayTarget(block.target)}`,
  ]);
  const remotes = [...config.remotes.values()].map((remote) => [`${remote.name}:`, formatAddress(remote)]);
  return [...table(blocks), ...table(remotes)].map((line) => `${line}\n`).join('');
}
