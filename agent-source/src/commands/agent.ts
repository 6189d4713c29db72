import { keepYoungGenerationSmall } from '@btsoot/shared/wire/frugal.js';
import { runAgent } from '../agent/agent.js';
import { loadConfig } from '../config.js';
import { syncBlock } from '../cycle.js';
import { type ExitStatus, exitStatus } from '../exit-status.js';
import { interruptible } from '../interrupt.js';
import { openLog } from '../log.js';
import { findPaths } from '../paths.js';

export async function agentCommand(): Promise<ExitStatus> {
  keepYoungGenerationSmall();
  const paths = findPaths();
  await loadConfig(paths); // a mistake in it is said at once, not at the first sync
  const log = openLog({ kind: 'stderr' });
  try {
    await interruptible((signal) =>
      runAgent({ paths, log, syncBlock, signal, onReady: () => process.stdout.write(`ready ${paths.agentSocket}\n`) }),
    );
    return exitStatus.done;
  } finally {
    await log.close();
  }
}
