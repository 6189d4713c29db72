import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository } from './harness/programs.js';

/*
 * The guide quotes messages, each alone on its line. What it quotes is what the programs say: the constant parts stand in
 * one literal of a source, with something put in where the guide has an ellipsis.
 */

const guide = readFileSync(join(repository, 'deploy/guides/troubleshooting.md'), 'utf8');
const messages = [...guide.matchAll(/^`([^`]+)`$/gm)].map(([, message = '']) => message);

/** Of the kernel and the C library, shown as they come. */
const NOT_OURS = new Set(['no space left on device']);

const PUT_IN = String.raw`(?:\$\{[^\u0060]*?\}|\$\([^)]*\)|\$\w+)`;
const CONSTANT_MIN_CHARACTERS = 12;

test('the guide quotes what the programs say', () => {
  const sources = ['agent-source', 'agent-remote', 'shared'].flatMap(sourcesOf);
  sources.push(readFileSync(join(repository, 'deploy/install.sh'), 'utf8'));
  assert.ok(messages.length >= 40, `only ${messages.length} messages are found`);
  const unknown = messages.filter((message) => !NOT_OURS.has(message) && !sources.some((text) => literal(message).test(text)));
  assert.deepEqual(unknown, [], 'no program says this any more: mend the guide');
});

test('a quoted message is told from others by its words', () => {
  assert.deepEqual(
    messages.filter((message) => message.replaceAll('…', '').trim().length < CONSTANT_MIN_CHARACTERS),
    [],
  );
  assert.equal(new Set(messages).size, messages.length);
});

test('each message has its entry, and each heading its place in the list', () => {
  for (const message of messages) {
    const after = guide.slice(guide.indexOf(`\`${message}\`\n`) + message.length + 2).trimStart();
    assert.match(after, /^[A-Z`*]/, `nothing is said of: ${message}`);
    assert.ok(!messages.some((next) => after.startsWith(`\`${next}\`\n`)), `nothing is said of: ${message}`);
  }
  const headings = [...guide.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);
  const listed = [...guide.matchAll(/\[([^\]]+)\]\(#[\w-]+\)/g)].map(([, text = '']) => text);
  assert.deepEqual(listed, headings);
});

function literal(message: string): RegExp {
  const parts = message.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  while (parts[0] === '') parts.shift();
  while (parts.at(-1) === '') parts.pop();
  return new RegExp(parts.join(PUT_IN));
}

function sourcesOf(workspace: string): string[] {
  const source = join(repository, workspace, 'src');
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|[./\\-]testing\b|fixture/.test(name))
    .map((name) => readFileSync(join(source, name), 'utf8'));
}
