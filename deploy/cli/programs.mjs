// Both command lines, as the compiled agents describe themselves.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../', import.meta.url));

const HOOK = new URL('describe.mjs', import.meta.url).href;

/** `btsoot` and `btsoot-remote`. What they look like is in describe.mjs. */
export function describePrograms() {
  return ['agent-source', 'agent-remote'].map((agent) => {
    const main = `${repository}${agent}/dist/main.js`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', HOOK, main, '--help'], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${main} does not describe itself (compile it first: tsc -b): ${stderr}`);
    return JSON.parse(stdout);
  });
}

/** Names under which a command is called. */
export function namesOf(command) {
  return [command.name, ...command.aliases];
}

/**
 * What a shell can offer for an argument or for an option's value: `blocks`, `directories`, `files`, or null: nothing.
 * A block's folder on a remote lies on another machine.
 */
export function offerFor(name) {
  if (name === 'block') return 'blocks';
  if (/dir$/.test(name)) return 'directories';
  if (/^path$|^target$/.test(name)) return 'files';
  return null;
}

/** Whether anything of it asks for a block by name. */
export function completesBlocks(program) {
  return program.commands.some((command) => command.arguments.some(({ name }) => offerFor(name) === 'blocks'));
}

/** What an option is called, as typed. */
export function flagsOf({ short, long }) {
  return [short, long].filter((flag) => flag !== null);
}
