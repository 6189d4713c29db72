import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { repository } from './harness/programs.js';

const deploy = join(repository, 'deploy');

interface Command {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly options: readonly { readonly short: string | null; readonly long: string | null }[];
  readonly commands: readonly Command[];
}

let programs: ReadonlyMap<string, Command>;

before(async () => {
  const { describePrograms } = (await import(join(deploy, 'cli', 'programs.mjs'))) as { describePrograms: () => Command[] };
  programs = new Map(describePrograms().map((program) => [program.name, program]));
});

test('the commands of guides, units, images and the installer are commands that there are', () => {
  let checked = 0;
  for (const file of files()) {
    for (const line of commandLines(file)) {
      assert.equal(faultOf(line), null, `${file}: ${line}`);
      checked++;
    }
  }
  assert.ok(checked > 60, `only ${checked} were found`);
});

test('what is no command is noticed', () => {
  assert.notEqual(faultOf('btsoot synchronise photos'), null);
  assert.notEqual(faultOf('btsoot sync photos --no-such-option'), null);
  assert.equal(faultOf('btsoot sync photos --dry-run'), null);
});

function files(): string[] {
  const all = readdirSync(deploy, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(md|service|timer|conf|sh|yaml)$|Dockerfile$/.test(name) && !name.startsWith('deb/out'),
  );
  return [...all.map((name) => join('deploy', name)), 'README.md'];
}

/** Of Markdown, what stands as code; of other files, what follows the words that begin a command there. */
function commandLines(file: string): string[] {
  const text = readFileSync(join(repository, file), 'utf8');
  const starts =
    /(?:sudo |-u \S+ |set -- |exec (?:remote |source )?|\/usr\/bin\/|CMD |`|"-c", ")(btsoot(?:-remote)? [a-z-][^`\n]*)/g;
  if (!file.endsWith('.md')) return [...text.matchAll(starts)].map(([, line = '']) => line);
  const spans = [...text.replaceAll(/^(?: {4}|```).*$/gm, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) =>
    code.replaceAll('\n', ' '),
  );
  const lines = text.split('\n').filter((line) => line.startsWith('    '));
  return [...spans, ...lines].flatMap(
    (code) => /(?:^|\s|\|)(btsoot(?:-remote)? [a-z-].*)/.exec(code.replace(/-u \S+ /, '').trim())?.[1] ?? [],
  );
}

/** Null where program, command and options exist. */
function faultOf(line: string): string | null {
  const [name = '', word = '', ...rest] = (line.split(/ #|&&|[|;)&]| {2}|, `/)[0] ?? '').trim().split(/\s+/);
  const program = programs.get(name);
  if (program === undefined) return `no program ${name}`;
  if (word.startsWith('-')) return hasOption(program, word) ? null : `no option ${word}`;
  const names = word.replace(/['":,.]+$/, '');
  const command = program.commands.find((each) => each.name === names || each.aliases.includes(names));
  if (command === undefined) return `no command ${word}`;
  const unknown = rest
    .map((each) => /^--?[a-z-]+/.exec(each)?.[0])
    .find((each) => each !== undefined && !hasOption(command, each));
  return unknown === undefined ? null : `no option ${unknown}`;
}

function hasOption({ options }: Command, flag: string): boolean {
  return options.some(({ short, long }) => short === flag || long === flag);
}

const shellcheck = spawnSync('shellcheck', ['--version']).error === undefined ? false : 'there is no shellcheck here';

test('shell scripts are clean', { skip: shellcheck }, () => {
  const scripts = ['btsoot-source', 'btsoot-remote'].flatMap((name) =>
    readdirSync(join(deploy, 'deb', name)).map((script) => join(deploy, 'deb', name, script)),
  );
  const ci = ['run', 'tools.sh'].map((script) => join(deploy, '../.ci', script));
  const { status, stdout } = spawnSync('shellcheck', [join(deploy, 'install.sh'), ...ci, ...scripts], { encoding: 'utf8' });
  assert.equal(status, 0, stdout);
});

test('the installer says what it would do, and refuses what cannot be', { skip: lacksDpkg() }, () => {
  const install = (...args: readonly string[]) => {
    const run = spawnSync('sh', [join(deploy, 'install.sh'), ...args, '--dry-run'], { encoding: 'utf8' });
    return { status: run.status, said: run.stdout + run.stderr };
  };
  assert.equal(install('remote').status, 2);
  assert.equal(install('somewhere').status, 2);
  assert.equal(install('source', '--root', '/mnt').status, 2);
  assert.match(install('remote', '--root', '/mnt/two words').said, /systemd/);
  const missing = install('remote', '--root', '/no-such-folder');
  assert.equal(missing.status, 1);
  assert.match(missing.said, /Node|no-such-folder/);
});

function lacksDpkg(): string | false {
  return spawnSync('dpkg', ['--version']).error === undefined ? false : 'there is no dpkg here';
}
