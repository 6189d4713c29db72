import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { parseRate } from '@btsoot/shared/model/rate.js';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { durationText, parseDuration } from './duration.js';
import { type ExitStatus, exitStatus, exitStatusOfError } from './exit-status.js';
import { DOCTOR_STATUS_HELP, EXAMPLES, EXIT_STATUS_HELP, VERIFY_STATUS_HELP } from './help.js';
import { UsageError } from './usage-error.js';
import { version } from './version.js';

/** Runs one command line, without the program's name, and returns what the process should end with. */
export async function runProgram(args: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = exitStatus.done;
  const program = buildProgram((ended) => {
    status = ended;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.done : exitStatus.usage;
    return await showError(error);
  }
}

async function showError(error: unknown): Promise<ExitStatus> {
  const { errorView } = await import('./sync-message.js');
  const { errorText } = await import('./output/result-text.js');
  const { choosePaint } = await import('./output/paint.js');
  const view = errorView(error);
  process.stderr.write(`${errorText(null, view, choosePaint(process.stderr.isTTY))}\n`);
  return error instanceof UsageError ? exitStatus.usage : exitStatusOfError(view.kind);
}

/** Each command's code is loaded when it runs: `btsoot --help` loads none of them. */
function buildProgram(ended: (status: ExitStatus) => void): Command {
  const program = new Command('btsoot')
    .description('Mirrors big file trees to a cheap slow place, by content: renames, moves and copies cost nothing on the wire.')
    .version(version, '-V, --version')
    .exitOverride()
    .showHelpAfterError('(btsoot --help shows how)')
    .addHelpText('after', EXAMPLES.program + EXIT_STATUS_HELP);
  addSetupCommands(program, ended);
  addBlockCommands(program, ended);
  addHistoryCommands(program, ended);
  addAgentCommands(program, ended);
  return program;
}

type Ended = (status: ExitStatus) => void;

function addSetupCommands(program: Command, ended: Ended): void {
  program
    .command('pair')
    .description('make friends with a remote agent, once')
    .argument('<code>', 'what `btsoot-remote pair` printed on the other machine')
    .option('--name <remote>', "what to call the remote here (default: the remote's own name)")
    .option('--as <source>', "what the remote shall call this machine (default: this machine's name)")
    .option('--replace', 'pair a remote of this name anew')
    .addHelpText('after', EXAMPLES.pair)
    .action(async (code, options) => ended(await (await import('./commands/pair.js')).pairCommand(code, options)));
  program
    .command('add')
    .description('name a pair of folders: what to mirror, and where to')
    .argument('<block>', 'its name, for all other commands')
    .argument('<source-dir>', 'the directory to mirror')
    .argument('<target>', '<remote>:<folder>, or a local directory')
    .addHelpText('after', EXAMPLES.add)
    .action(async (block, source, target) => ended(await (await import('./commands/add.js')).addCommand(block, source, target)));
  program
    .command('list')
    .description('the blocks and remotes that are known here')
    .option('--json', 'as JSON')
    .action(async (options) => ended(await (await import('./commands/list.js')).listCommand(options)));
  program
    .command('show')
    .description("one block's settings, and how its last sync ended")
    .argument('<block>')
    .option('--json', 'as JSON')
    .action(async (block, options) => ended(await (await import('./commands/show.js')).showCommand(block, options)));
  program
    .command('rm')
    .description('forget a block here; the mirrored files stay where they are')
    .argument('<block>')
    .action(async (block) => ended(await (await import('./commands/rm.js')).rmCommand(block)));
}

function addBlockCommands(program: Command, ended: Ended): void {
  program
    .command('scan')
    .description('read what changed in the source, and nothing else')
    .argument('<block>')
    .option('--json', 'progress and result as JSON lines')
    .action(async (block, options) => ended(await (await import('./commands/scan.js')).scanCommand(block, options)));
  program
    .command('diff')
    .description('what a sync would do, going by what was last known of the remote')
    .argument('<block>')
    .option('--json', 'progress and result as JSON lines')
    .action(async (block, options) => ended(await (await import('./commands/diff.js')).diffCommand(block, options)));
  program
    .command('check-ignore')
    .description('which rule ignores a path, or takes it in again')
    .argument('<block>')
    .argument('<path...>', 'in the block, or absolute below its source; with a slash at its end: a folder')
    .option('--json', 'as JSON lines')
    .addHelpText('after', EXAMPLES.checkIgnore)
    .action(async (block, paths, options) =>
      ended(await (await import('./commands/check-ignore.js')).checkIgnoreCommand(block, paths, options)),
    );
  program
    .command('sync')
    .alias('backup')
    .description('make the target like the source; without a name, all blocks')
    .argument('[block...]')
    .option('--dry-run', 'show the plan and what it costs, and change nothing')
    .option('--accept <digest>', 'let the plan with this digest through, which the guard refused')
    .addOption(
      new Option('--drift <policy>', 'how the remote makes sure of its tree, this once (full: by reading all of it)').choices([
        'quick',
        'trust',
        'full',
      ]),
    )
    .option('--retries <n>', 'how often to try again when the remote is unreachable or busy', parseCount)
    .option('--json', 'progress and result as JSON lines')
    .addHelpText('after', EXAMPLES.sync + EXIT_STATUS_HELP)
    .action(async (blocks, options) => ended(await (await import('./commands/sync.js')).syncCommand(blocks, options)));
  program
    .command('verify')
    .description('read all contents again, here and on the remote, and say what is damaged')
    .argument('<block>')
    .option('--source', 'only here')
    .option('--remote', 'only on the remote, its history too')
    .option('--repair', 'give back what is damaged from the other side')
    .option('--rate <rate>', 'how fast to read, as in "20 MB/s"; none: as fast as it goes', parseRateOption)
    .option('--json', 'progress and result as JSON lines')
    .addHelpText('after', EXAMPLES.verify + VERIFY_STATUS_HELP)
    .action(async (block, options) => ended(await (await import('./commands/verify.js')).verifyCommand(block, options)));
  program
    .command('restore')
    .description('give back files from the target, as they are there or as they were')
    .argument('<block>')
    .argument('[path...]', 'in the block, or absolute below its source; none: all of it')
    .option('--to <dir>', 'restore into this directory, not into the source')
    .option('--at <time|session>', 'as of then: ISO 8601, or the number of a session')
    .option('--dry-run', 'show what would be done, and change nothing')
    .option('--force', 'overwrite local files that the remote does not hold')
    .option('--delete', 'remove local entries that the restored state does not have')
    .option('--retries <n>', 'how often to try again when the remote is unreachable or busy', parseCount)
    .option('--json', 'progress and result as JSON lines')
    .addHelpText('after', EXAMPLES.restore + EXIT_STATUS_HELP)
    .action(async (block, paths, options) =>
      ended(await (await import('./commands/restore.js')).restoreCommand(block, paths, options)),
    );
}

function addHistoryCommands(program: Command, ended: Ended): void {
  program
    .command('ls')
    .description('what the target holds, or held')
    .argument('<block>')
    .argument('[path]', 'in the block, or absolute below its source; none: the top')
    .option('--at <time|session>', 'as of then: ISO 8601, or the number of a session')
    .option('-R, --recursive', 'what is in folders too')
    .option('--json', 'as JSON lines')
    .addHelpText('after', EXAMPLES.ls)
    .action(async (block, path, options) => ended(await (await import('./commands/ls.js')).lsCommand(block, path, options)));
  program
    .command('history')
    .description('the sessions that the target keeps, or the versions of one file, folder or symlink')
    .argument('<block>')
    .argument('[path]', 'in the block, or absolute below its source, as it is or as it once was')
    .option('--json', 'as JSON lines')
    .addHelpText('after', EXAMPLES.history)
    .action(async (block, path, options) =>
      ended(await (await import('./commands/history.js')).historyCommand(block, path, options)),
    );
}

function addAgentCommands(program: Command, ended: Ended): void {
  program
    .command('pause')
    .description('have the agent begin nothing with a block by itself; without a name, with none')
    .argument('[block...]')
    .option('--for <time>', 'go on by itself after so long, as in "2h", "30min" or "3d"', parsePauseOption)
    .addHelpText('after', EXAMPLES.pause)
    .action(async (blocks, options) => ended(await (await import('./commands/pause.js')).pauseCommand(blocks, options)));
  program
    .command('resume')
    .description('have the agent go on with what was paused; without a name, with all of it')
    .argument('[block...]')
    .action(async (blocks) => ended(await (await import('./commands/pause.js')).resumeCommand(blocks)));
  program
    .command('status')
    .description('how each block fares, and whether the agent runs')
    .option('--json', 'as JSON')
    .action(async (options) => ended(await (await import('./commands/status.js')).statusCommand(options)));
  program
    .command('doctor')
    .description('check this setup: what is wrong with it, and what to do about that')
    .argument('[block...]', 'only these, with their remotes (default: all)')
    .option('--thorough', 'read large manifests to the end, and measure the links too')
    .option('--json', 'as one JSON object')
    .addHelpText('after', EXAMPLES.doctor + DOCTOR_STATUS_HELP)
    .action(async (blocks, options) => ended(await (await import('./commands/doctor.js')).doctorCommand(blocks, options)));
  program
    .command('dashboard')
    .description("where a browser finds the running agent's page, with the token that lets it in")
    .addHelpText('after', EXAMPLES.dashboard)
    .action(async () => ended(await (await import('./commands/dashboard.js')).dashboardCommand()));
  program
    .command('agent')
    .description('run as a service: watches blocks, keeps timetables, and does the syncs that others trigger')
    .addHelpText('after', EXAMPLES.agent)
    .action(async () => ended(await (await import('./commands/agent.js')).agentCommand()));
}

function parseRateOption(text: string): number {
  try {
    return parseRate(text);
  } catch (error) {
    throw error instanceof BtsootError ? new InvalidArgumentError(`It ${error.message}.`) : error;
  }
}

function parsePauseOption(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms >= limits.pauseMinMs && ms <= limits.pauseMaxMs) return ms;
  throw new InvalidArgumentError(
    `It is written as "2h", "30min" or "3d", from ${durationText(limits.pauseMinMs)} to ${durationText(limits.pauseMaxMs)}.`,
  );
}

function parseCount(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
