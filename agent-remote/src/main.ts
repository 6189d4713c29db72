#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node --max-semi-space-size=1
// Else glibc keeps up to 2 MB for each of ten threads: 12 MB less, as measured.
import './small-heap.js';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { parseTreePath } from '@btsoot/shared/model/names.js';
import { parseRate } from '@btsoot/shared/model/rate.js';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { parseListen } from './config.js';
import { parseGrants } from './grants.js';
import { logLevels } from './log-levels.js';
import { errorText, explain } from './output.js';
import { programVersion } from './version.js';

const exitFailed = 1;
const exitUsage = 2;
const exitDamaged = 4;
const exitWarnings = 4;

// Commands are loaded when they run: `serve` on a small machine carries nothing of the others.

function program(): Command {
  return new Command('btsoot-remote')
    .description(
      'The remote agent of BTSOOT: keeps the second copy of your folders below one root, and serves it to paired sources.',
    )
    .version(programVersion())
    .showHelpAfterError('(see --help)')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      `
Examples, on the machine with the backup disk mounted at /mnt/backup:
  btsoot-remote init --root /mnt/backup          once: makes keys, adopts blocks that are there
  btsoot-remote serve --root /mnt/backup         from now on, best as a service
  btsoot-remote pair --root /mnt/backup          prints a code for \`btsoot pair\` on the source's machine
  btsoot-remote status --root /mnt/backup
  btsoot-remote doctor --root /mnt/backup        what is wrong with it, and what to do about that
  btsoot-remote scrub --root /mnt/backup         reads all contents again, and says what is damaged
  btsoot-remote revoke nas --root /mnt/backup    the source "nas" reaches nothing any more
  btsoot-remote prune --root /mnt/backup --dry-run   what old history could go

Exit status: 0 done, 1 failed, 2 wrong usage, 4 damage found (scrub), warnings only (doctor).`,
    );
}

function rootOption(): Option {
  return new Option('--root <dir>', 'the folder that holds all blocks and .btsoot')
    .env('BTSOOT_REMOTE_ROOT')
    .makeOptionMandatory();
}

function addInit(parent: Command): void {
  parent
    .command('init')
    .description('make a folder a remote, or adopt one that a local target has filled')
    .addOption(rootOption())
    .option('--listen <host:port>', 'where to serve (default 0.0.0.0:7713)', argument(parseListen))
    .option('--name <name>', "this remote's name (default: the machine's)")
    .addHelpText('after', '\nKeys and blocks that are there stay as they are: running it again is safe.')
    .action(async (options: { root: string; listen?: ReturnType<typeof parseListen>; name?: string }) => {
      const { init } = await import('./commands/init.js');
      await init({ root: options.root, listen: options.listen, name: options.name });
    });
}

function addPair(parent: Command): void {
  parent
    .command('pair')
    .description('print a code that lets one source in, and wait until it is used')
    .addOption(rootOption())
    .option('--grant <folder>', 'let it reach only this folder below the root; may be repeated', collect, [])
    .option('--address <host>', 'the address that the source is to use (default: found out)')
    .option('--port <n>', 'the port to pair on (default: any free one)', argument(parsePort), 0)
    .addHelpText(
      'after',
      `
The code goes to stdout, alone on its line; it is valid for ten minutes, three tries and one source.
  btsoot-remote pair --root /mnt/backup --grant photos --grant music`,
    )
    .action(async (options: { root: string; grant: string[]; address?: string; port: number }) => {
      const { pair } = await import('./commands/pair.js');
      await pair({ root: options.root, grants: parseGrants(options.grant), address: options.address, port: options.port });
    });
}

function addServe(parent: Command): void {
  parent
    .command('serve')
    .description('serve the root to its paired sources')
    .addOption(rootOption())
    .addOption(new Option('--log-level <level>', 'how much to log to stderr').choices(logLevels).default('info'))
    .option('--embedded', 'serve one program on this machine, until stdin ends; needs no init')
    .option('--socket <path>', 'the Unix socket to serve on, with --embedded')
    .action(
      async (
        options: { root: string; logLevel: (typeof logLevels)[number]; embedded?: true; socket?: string },
        command: Command,
      ) => {
        if ((options.embedded === true) !== (options.socket !== undefined))
          command.error('error: --embedded and --socket go together');
        const { serve } = await import('./commands/serve.js');
        await serve({ root: options.root, logLevel: options.logLevel, embeddedSocket: options.socket ?? null });
      },
    );
}

function addScrub(parent: Command): void {
  parent
    .command('scrub')
    .description('read all contents again, history too, and say what is damaged')
    .addOption(rootOption())
    .option('--block <folder>', 'only this one (default: all)', argument(parseFolder))
    .option('--rate <rate>', 'how fast to read, as in "20 MB/s" (default: as fast as it goes)', argument(parseRateOption))
    .addHelpText(
      'after',
      `
Where \`serve\` runs, it does the work, and sessions go first. One that is stopped goes on where it was the next time.
By itself, \`serve\` scrubs each block every 30 days at 10 MB/s: "scrub_every_days" (0: never) and "scrub_rate" in
<root>/.btsoot/remote.json say otherwise. What is damaged in the mirror is replaced by the next sync.`,
    )
    .action(async (options: { root: string; block?: TreePath; rate?: number }) => {
      const { scrub } = await import('./commands/scrub.js');
      const isGood = await scrub({ root: options.root, block: options.block ?? null, bytesPerSecond: options.rate ?? null });
      if (!isGood) process.exitCode = exitDamaged;
    });
}

function addInquiries(parent: Command): void {
  parent
    .command('status')
    .description('say what the root holds, and whether it is being served')
    .addOption(rootOption())
    .option('--json', 'as one JSON object', false)
    .action(async (options: { root: string; json: boolean }) => {
      const { status } = await import('./commands/status.js');
      status(options);
    });
  parent
    .command('sources')
    .description('list the sources that are or were paired')
    .addOption(rootOption())
    .action(async (options: { root: string }) => {
      const { sources } = await import('./commands/sources.js');
      sources(options);
    });
  parent
    .command('revoke')
    .description('let a source in no more; sessions that it has open end')
    .argument('<name>', 'as `btsoot-remote sources` shows it')
    .addOption(rootOption())
    .action(async (name: string, options: { root: string }) => {
      const { revoke } = await import('./commands/sources.js');
      revoke({ root: options.root, name });
    });
}

function addDoctor(parent: Command): void {
  parent
    .command('doctor')
    .description('check the root and this machine: what is wrong, and what to do about it')
    .addOption(rootOption())
    .option('--thorough', 'read large manifests to the end too', false)
    .option('--json', 'as one JSON object', false)
    .addHelpText(
      'after',
      `
It writes a few megabytes into .btsoot and removes them again, to see what the disk can do.
Exit status: 0 all is good, 1 something is bad, 2 usage, 4 warnings only.`,
    )
    .action(async (options: { root: string; thorough: boolean; json: boolean }) => {
      const { doctor } = await import('./commands/doctor.js');
      process.exitCode = { good: 0, warning: exitWarnings, bad: exitFailed }[await doctor(options)];
    });
}

function addPrune(parent: Command): void {
  parent
    .command('prune')
    .description('let old history go now; nobody else can, and the newest state always stays')
    .addOption(rootOption())
    .option('--block <folder>', 'only of this block (default: of all)')
    .option('--keep-days <n>', 'what was replaced or removed longer ago goes', argument(parseCount))
    .option('--keep-sessions <n>', 'so many of the newest sessions can still be restored', argument(parseCount))
    .option('--dry-run', 'say what would go and what that frees, and remove nothing', false)
    .option('--json', 'as one JSON object', false)
    .addHelpText(
      'after',
      `
Without --keep-days and --keep-sessions, what goes is what "retention" in .btsoot/remote.json does not keep:
  btsoot-remote prune --root /mnt/backup --dry-run
  btsoot-remote prune --root /mnt/backup --block photos --keep-days 7
A remote that is being served has to be stopped first; a dry run need not wait.`,
    )
    .action(
      async (options: {
        root: string;
        block?: string;
        keepDays?: number;
        keepSessions?: number;
        dryRun: boolean;
        json: boolean;
      }) => {
        const { prune } = await import('./commands/prune.js');
        const { block = null, keepDays = null, keepSessions = null, ...rest } = options;
        await prune({ ...rest, block, keepDays, keepSessions: keepSessions === null ? null : Math.max(1, keepSessions) });
      },
    );
}

function parseCount(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new BtsootError('invalid', `"${text}" is no whole number from 0 to 99999`, { hint: 'Write one such as 30' });
}

function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value];
}

function parseFolder(text: string): TreePath {
  return parseTreePath(Buffer.from(text.replace(/^\/+|\/+$/g, ''), 'utf8'));
}

function parseRateOption(text: string): number {
  try {
    return parseRate(text);
  } catch (error) {
    throw error instanceof BtsootError
      ? new BtsootError('invalid', `It ${error.message}`, { hint: 'Write it as in "20 MB/s"' })
      : error;
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new BtsootError('invalid', `"${text}" is no port`, { hint: 'Write a number from 0 to 65535' });
}

/** What our own readers refuse is wrong usage. */
function argument<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof BtsootError ? [error.message, error.hint].join('. ') : String(error));
    }
  };
}

function exitStatusOf(error: unknown): number {
  // Commander has written what there is to say. It ends by an error also after --help and --version.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitUsage;
  explain(errorText(error));
  return exitFailed;
}

async function main(): Promise<void> {
  const root = program();
  for (const add of [addInit, addPair, addServe, addInquiries, addDoctor, addScrub, addPrune]) add(root);
  try {
    await root.parseAsync();
  } catch (error) {
    process.exitCode = exitStatusOf(error);
  }
}

// Whoever reads our output may leave (`| head`): the work goes on without it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

await main();
