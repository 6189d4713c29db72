import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's top folder. */
export const repository = fileURLToPath(new URL('../../../', import.meta.url));

export const sourceProgram = program('agent-source');
export const remoteProgram = program('agent-remote');

function program(workspace: string): readonly string[] {
  return [process.execPath, join(repository, workspace, 'dist', 'main.js')];
}

/** Nothing of the person's own settings reaches the programs under test. */
export function cleanEnvironment(home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    BTSOOT_CONFIG: join(home, 'config'),
    BTSOOT_STATE: join(home, 'state'),
  };
}

export function assertBuilt(): void {
  for (const [, main = ''] of [sourceProgram, remoteProgram]) {
    if (!existsSync(main)) throw new Error(`${main} is missing: run \`npm run build\` first`);
  }
}
