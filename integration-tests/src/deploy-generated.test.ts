import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cleanEnvironment, repository, sourceProgram } from './harness/programs.js';
import { SourceAgent } from './harness/source-agent.js';
import { temporaryDirectory } from './harness/world.js';

const deploy = join(repository, 'deploy');
const pages = ['btsoot.1', 'btsoot-remote.1', 'btsoot.toml.5'];

test('completions and man pages say what the programs say of themselves', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(deploy, 'gen.mjs'), '--check'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});

test('man pages are rendered without a warning', { skip: lacks('groff') }, () => {
  for (const page of pages) {
    const { status, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-z', join(deploy, 'man', page)], {
      encoding: 'utf8',
    });
    assert.deepEqual({ page, status, stderr }, { page, status: 0, stderr: '' });
  }
});

interface Key {
  readonly key: string;
  /** As TOML writes it. */
  readonly default: string | null;
}

test('btsoot.toml(5) has every setting and the default that counts', async () => {
  const { blockKeys, remoteKeys, agentKeys, notifyKeys } = (await import(join(deploy, 'man', 'config-keys.mjs'))) as Record<
    string,
    readonly Key[]
  >;
  assert.ok(blockKeys !== undefined && remoteKeys !== undefined && agentKeys !== undefined && notifyKeys !== undefined);
  const sourceOf = (file: string) => readFileSync(join(repository, 'agent-source', 'src', file), 'utf8');
  assert.deepEqual(sorted(blockKeys), keysOfSchema(sourceOf('config-parse.ts'), 'blockSchema'));
  assert.deepEqual(sorted(remoteKeys), keysOfSchema(sourceOf('config-parse.ts'), 'remoteSchema'));
  assert.deepEqual(sorted(agentKeys), keysOfSchema(sourceOf('config-agent.ts'), 'agentSchema'));
  assert.deepEqual(sorted(notifyKeys), keysOfSchema(sourceOf('config-notify.ts'), 'notifySchema'));

  const { parseConfig } = (await import(join(repository, 'agent-source', 'dist', 'config-parse.js'))) as {
    parseConfig: (text: string, file: string) => unknown;
  };
  const bare = '[blocks.photos]\nsource = "/photos"\nsource_identity = "x"\ntarget = "/mnt/usb/photos"\n';
  const spelt = `${bare}${defaultsOf(blockKeys)}[agent]\n${defaultsOf(agentKeys)}[notify]\n${defaultsOf(notifyKeys)}`;
  assert.ok(spelt.split('\n').length > 12);
  assert.deepEqual(parseConfig(spelt, 'config.toml'), parseConfig(bare, 'config.toml'));
});

function defaultsOf(keys: readonly Key[]): string {
  return keys.flatMap(({ key, default: preset }) => (preset === null ? [] : [`${key} = ${preset}\n`])).join('');
}

function sorted(keys: readonly Key[]): string[] {
  return keys.map(({ key }) => key).sort();
}

function keysOfSchema(source: string, schema: string): string[] {
  const body = new RegExp(`const ${schema} = z\\.strictObject\\(\\{\\n([^]*?)\\n\\}\\)`).exec(source)?.[1] ?? '';
  return [...body.matchAll(/^ {2}(\w+):/gm)].map(([, key = '']) => key).sort();
}

test('shells complete commands, options, choices and the names of blocks', { skip: lacks('bash') }, async (t) => {
  const folder = temporaryDirectory(t);
  const source = new SourceAgent(join(folder, 'home'));
  for (const name of ['tree', 'disk', 'bin']) mkdirSync(join(folder, name));
  for (const block of ['photos', 'music']) await source.mustRun('add', block, join(folder, 'tree'), join(folder, 'disk', block));
  writeFileSync(join(folder, 'bin', 'btsoot'), `#!/bin/sh\nexec ${sourceProgram.map((word) => `'${word}'`).join(' ')} "$@"\n`);
  chmodSync(join(folder, 'bin', 'btsoot'), 0o755);
  const clean = cleanEnvironment(source.home);
  const env = { ...clean, PATH: `${join(folder, 'bin')}:${clean['PATH']}` };

  const asBash = (...words: readonly string[]): string[] => {
    const script = `source "$0"; COMP_WORDS=(btsoot "$@"); COMP_CWORD=$#; _btsoot; printf "%s\\n" "\${COMPREPLY[@]}"`;
    return linesOf('bash', ['-c', script, join(deploy, 'completions', 'btsoot.bash'), ...words], env);
  };
  const asFish = (...words: readonly string[]): string[] => {
    const script = `source ${join(deploy, 'completions', 'btsoot.fish')}; complete -C 'btsoot ${words.join(' ')}'`;
    return linesOf('fish', ['-c', script], { ...env, XDG_CONFIG_HOME: folder }).map((line) => line.split('\t')[0] ?? '');
  };
  for (const complete of lacks('fish') === false ? [asBash, asFish] : [asBash]) {
    assert.deepEqual(complete('veri'), ['verify']);
    assert.deepEqual(complete('restore', '--fo'), ['--force']);
    assert.deepEqual(complete('sync', '--drift', ''), ['full', 'quick', 'trust']);
    assert.deepEqual(complete('sync', 'photos', 'm'), ['music']);
  }
});

test('zsh reads its completions', { skip: lacks('zsh') }, () => {
  for (const file of ['_btsoot', '_btsoot-remote']) linesOf('zsh', ['-n', join(deploy, 'completions', file)], {});
});

function linesOf(program: string, args: readonly string[], env: Readonly<Record<string, string>>): string[] {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env });
  assert.equal(status, 0, stderr);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

function lacks(program: string): string | false {
  return spawnSync(program, ['--version']).error === undefined ? false : `there is no ${program} here`;
}
