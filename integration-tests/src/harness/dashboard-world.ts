import { appendFileSync } from 'node:fs';
import { Cleanup, type Scope } from './cleanup.js';
import { freePort } from './ports.js';
import type { Running } from './running.js';
import { pairedWorld, type World, type WorldOptions } from './world.js';

export interface DashboardWorld extends World {
  readonly agent: Running;
  readonly port: number;
  readonly url: string;
}

export interface DashboardWorldOptions extends WorldOptions {
  /** What happens before the agent starts. */
  readonly prepare?: (world: World) => Promise<void>;
  /** Default: 127.0.0.1. */
  readonly bind?: string;
}

/** A paired world whose source agent runs as a service, with a dashboard on loopback. */
export async function dashboardWorld(scope: Scope, options: DashboardWorldOptions = {}): Promise<DashboardWorld> {
  const cleanup = Cleanup.within(scope);
  const world = await pairedWorld(cleanup, options);
  await options.prepare?.(world);
  const port = await freePort();
  appendFileSync(world.source.configFile, `\n[agent]\ndashboard = "${options.bind ?? '127.0.0.1'}:${port}"\n`);
  const agent = world.source.start('agent');
  cleanup.after(async () => {
    await agent.stop('SIGKILL');
  });
  await agent.line(/"the dashboard is served"/);
  return { ...world, agent, port, url: `http://127.0.0.1:${port}/` };
}
