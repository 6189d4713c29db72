import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Programs } from './place.js';

/** The repository's top folder. */
export const repository = fileURLToPath(new URL('../../../', import.meta.url));

export const sourceProgram = startedByName(program('agent-source'));
export const remoteProgram = startedByName(program('agent-remote'));

/** Of another clone that is built. Early ones made no bundles. */
export function programsIn(clone: string): Programs {
  const main = (workspace: string): string => {
    const [bundled, compiled] = ['bundle', 'dist'].map((folder) => join(clone, workspace, folder, 'main.js')) as [string, string];
    return existsSync(bundled) ? bundled : compiled;
  };
  return {
    source: startedByName([process.execPath, main('agent-source')]),
    remote: startedByName([process.execPath, main('agent-remote')]),
  };
}

function program(workspace: string): readonly string[] {
  return [process.execPath, join(repository, workspace, 'bundle', 'main.js')];
}

/** As the kernel starts it where its name is typed: its first line has settings that its memory depends on. */
function startedByName([node = '', main = '']: readonly string[]): readonly string[] {
  const firstLine = existsSync(main) ? /^#!(\S+) (.+)$/m.exec(readFileSync(main, 'utf8')) : null;
  return firstLine === null ? [node, main] : [...firstLine.slice(1), main];
}

export type Environment = Readonly<Record<string, string>>;

/** An environment in which an agent loads a module of the harness before all else. */
function withModule(name: string): Environment {
  return { NODE_OPTIONS: `--import=${fileURLToPath(new URL(name, import.meta.url))}` };
}

/** Files of a few hundred kilobytes are patched in place as large ones are: little data reaches what large data does. */
export const withSmallLimits = withModule('./small-limits.js');

/** No file is cut into chunks: what a scan takes without that. */
export const withoutChunks = withModule('./no-chunks.js');

/** A sync whose remote was out of reach tries again at once. */
export const withQuickRetries = withModule('./quick-retries.js');

/** An agent's memory is what it needs, or has leaked. */
export const withCollecting = withModule('./collecting.js');

/** All of these: what they tell Node.js comes one after the other. */
export function withAll(...environments: readonly Environment[]): Environment {
  const options = environments.flatMap(({ NODE_OPTIONS }) => NODE_OPTIONS ?? []).join(' ');
  return Object.assign({}, ...environments, { NODE_OPTIONS: options });
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
  for (const main of [sourceProgram, remoteProgram].map((command) => command.at(-1) ?? '')) {
    if (!existsSync(main)) throw new Error(`${main} is missing: run \`npm run build\` first`);
  }
}
