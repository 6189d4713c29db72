import { rm } from 'node:fs/promises';
import { removeBlock } from '../config-edit.js';
import { namedBlock, openContext } from '../context.js';
import { type ExitStatus, exitStatus } from '../exit-status.js';
import { blockPaths } from '../paths.js';
import { withBlockLock } from '../sync-run.js';
import { displayTarget } from '../targets.js';

export async function rmCommand(name: string): Promise<ExitStatus> {
  const context = await openContext();
  const block = namedBlock(context.config, name);
  await withBlockLock(context, block, async () => {
    await removeBlock(context.paths, name);
    await rm(blockPaths(context.paths, name).directory, { recursive: true, force: true });
  });
  process.stdout.write(
    `Forgot ${name} here. Nothing was touched in the source, nor in ${displayTarget(block.target)}: the mirrored files and their history are still there.\n`,
  );
  return exitStatus.done;
}
