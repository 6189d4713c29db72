import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { formatAddress } from '../address.js';
import type { JoinedRuns } from '../agent/joined-runs.js';
import type { Keepers } from '../agent/keepers.js';
import type { LiveRuns } from '../agent/live-runs.js';
import type { AgentSettings } from '../agent-settings.js';
import { type Config, NO_CONFIG } from '../config.js';
import type { Logger } from '../log.js';
import type { Paths } from '../paths.js';
import { errorView } from '../sync-message.js';
import { Access } from './access.js';
import { isLoopback } from './hosts.js';
import { serveDashboard } from './server.js';
import { loadStaticFiles } from './static-files.js';
import { takeToken } from './token.js';
import { Workshop } from './workshop.js';

export interface DashboardOptions {
  readonly paths: Paths;
  readonly log: Logger;
  readonly runs: JoinedRuns;
  readonly keepers: Keepers;
  readonly live: LiveRuns;
}

/** The page of a running agent, where the config says so. Its own trouble is not the syncs': it is logged. */
export class Dashboard {
  readonly #options: DashboardOptions;
  #config: Config = NO_CONFIG;
  #close: () => Promise<void> = async () => undefined;

  constructor(options: DashboardOptions) {
    this.#options = options;
  }

  /** The config as it is now. */
  async update(config: Config): Promise<void> {
    const before = own(this.#config.agent);
    this.#config = config;
    if (isDeepStrictEqual(own(config.agent), before)) return;
    await this.close();
    await this.#open(config.agent);
  }

  async close(): Promise<void> {
    const close = this.#close;
    this.#close = async () => undefined;
    await close();
  }

  async #open({ dashboard: address, dashboardNames }: AgentSettings): Promise<void> {
    const { paths, log } = this.#options;
    if (address === null) return;
    try {
      const onLoopback = isLoopback(address.host);
      const access = new Access({ token: takeToken(paths.dashboardToken), onLoopback, ownUser: process.geteuid?.() });
      const workshop = new Workshop({ ...this.#options, access, config: () => this.#config });
      const door = { names: namesOfMachine(dashboardNames), onLoopback };
      const onError = (error: unknown): void =>
        log.log('error', 'the dashboard failed', {
          error: errorView(error).message,
          stack: error instanceof Error ? (error.stack ?? '') : '',
        });
      try {
        const server = await serveDashboard({ address, door, access, workshop, files: loadStaticFiles(), onError });
        this.#close = async () => {
          await workshop.close();
          await server.close();
        };
      } catch (error) {
        await workshop.close();
        throw error;
      }
      log.log('info', 'the dashboard is served', { address: formatAddress(address), key: paths.dashboardToken });
    } catch (error) {
      log.log('error', 'the dashboard cannot be served; syncs go on without it', { error: errorView(error).message });
    }
  }
}

/** What of the agent's settings the page is served by. */
function own({ dashboard, dashboardNames }: AgentSettings): Pick<AgentSettings, 'dashboard' | 'dashboardNames'> {
  return { dashboard, dashboardNames };
}

function namesOfMachine(more: readonly string[]): string[] {
  const [own = ''] = hostname().toLowerCase().split('.');
  return [hostname().toLowerCase(), own, `${own}.local`, ...more.map((name) => name.toLowerCase())];
}
