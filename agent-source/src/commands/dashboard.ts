import { hostname } from 'node:os';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { type Address, formatAddress } from '../address.js';
import { loadConfig } from '../config.js';
import { readToken } from '../dashboard/token.js';
import { type ExitStatus, exitStatus } from '../exit-status.js';
import { findPaths } from '../paths.js';

/** Prints the address with the token in its fragment, which browsers keep to themselves. */
export async function dashboardCommand(): Promise<ExitStatus> {
  const paths = findPaths();
  const { agent } = await loadConfig(paths);
  if (agent.dashboard === null) {
    throw new BtsootError('not-found', 'there is no dashboard', {
      hint: `Write \`dashboard = "127.0.0.1:7714"\` below [agent] in ${paths.configFile}: the running agent takes it up.`,
    });
  }
  const token = readToken(paths.dashboardToken);
  if (token === null) {
    throw new BtsootError('not-found', 'the dashboard was never served yet', { hint: 'Start the agent: btsoot agent' });
  }
  process.stdout.write(`http://${formatAddress(reachable(agent.dashboard))}/#token=${token}\n`);
  return exitStatus.done;
}

/** What is bound to all addresses is at none that a browser can go to. */
function reachable(address: Address): Address {
  return address.host === '0.0.0.0' || address.host === '::' ? { ...address, host: hostname() } : address;
}
