import { access, constants, mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '@btsoot/shared/disk/durable.js';
import { fromText, toBytes } from '@btsoot/shared/model/bytes.js';
import { errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import { type Address, formatAddress } from './address.js';
import { readConfigText } from './config.js';
import { parseConfig } from './config-parse.js';
import { withLock } from './lock.js';
import type { Paths } from './paths.js';
import type { Block } from './sync-types.js';
import { targetText } from './targets.js';
import { removeTable, setTable, type TomlValues } from './toml-edit.js';

/** Writes a block's section, or changes source and target in it. Comments and other settings stay. */
export async function saveBlock(paths: Paths, block: Block): Promise<void> {
  const values: TomlValues = {
    source: toBytes(block.source).toString('utf8'),
    target: targetText(block.target),
    source_identity: block.sourceIdentity,
  };
  await edit(paths, (text) => setTable(text, ['blocks', block.name], values));
}

export async function removeBlock(paths: Paths, name: string): Promise<void> {
  await edit(paths, (text) => removeTable(text, ['blocks', name]));
}

export async function saveRemote(paths: Paths, name: string, address: Address): Promise<void> {
  await edit(paths, (text) => setTable(text, ['remotes', name], { address: formatAddress(address) }));
}

/** Tries what `saveRemote` would do, and changes nothing. @throws as it would. */
export async function checkRemoteCanBeSaved(paths: Paths, name: string, address: Address): Promise<void> {
  await edit(paths, (text) => setTable(text, ['remotes', name], { address: formatAddress(address) }), checkWritable);
}

type Write = (file: string, text: string) => void | Promise<void>;

async function edit(paths: Paths, change: (text: string) => string, write: Write = replaceFile): Promise<void> {
  await mkdir(paths.configDirectory, { recursive: true, mode: 0o700 });
  await withLock(`${paths.stateDirectory}/config.lock`, 'the config file is being changed by another command', async () => {
    const text = await readConfigText(paths);
    const edited = change(text);
    if (edited === text) return;
    parseConfig(edited, paths.configFile);
    await write(await behindLinks(paths.configFile), edited);
  });
}

function replaceFile(file: string, text: string): void {
  writeFileAtomic(fromText(file), text, 0o600);
}

/** A file is replaced by a new one beside it: its folder is what must be writable. */
async function checkWritable(file: string): Promise<void> {
  try {
    await access(path.dirname(file), constants.W_OK);
  } catch (error) {
    throw fromSystemError(error, `the config file cannot be written`);
  }
}

/** A config file that is a symlink (into a folder of dotfiles) stays one. */
async function behindLinks(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return file;
    throw error;
  }
}
