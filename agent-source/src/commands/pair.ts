import { formatAddress } from '../address.js';
import { loadConfig } from '../config.js';
import { type ExitStatus, exitStatus } from '../exit-status.js';
import { interruptible } from '../interrupt.js';
import { checkName } from '../names.js';
import { findPaths } from '../paths.js';
import { checkingArguments } from '../usage-error.js';

interface Options {
  readonly name?: string;
  readonly as?: string;
  readonly replace?: true;
}

export async function pairCommand(code: string, options: Options): Promise<ExitStatus> {
  const paths = findPaths();
  const config = await loadConfig(paths);
  const { defaultSourceName, pairRemote } = await import('../pair.js');
  const { decodePairingCode } = await import('@btsoot/shared/pki/pairing-code.js');
  checkingArguments(() => decodePairingCode(code));
  const name = options.name === undefined ? null : checkingArguments(() => checkName('remote', options.name ?? ''));
  const sourceName = checkingArguments(() => checkName('source', options.as ?? defaultSourceName()));
  const taken = new Set(config.remotes.keys());
  const remote = await interruptible((signal) =>
    pairRemote(paths, code, { name, sourceName, taken, replace: options.replace === true, signal }),
  );
  process.stdout.write(
    `Paired with ${remote.name} at ${formatAddress(remote)}, as ${sourceName}.\nNext: btsoot add <block> <source-dir> ${remote.name}:<folder>\n`,
  );
  return exitStatus.done;
}
