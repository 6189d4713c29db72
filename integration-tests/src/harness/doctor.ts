import assert from 'node:assert/strict';
import { cleanEnvironment, remoteProgram } from './programs.js';
import type { RemoteAgent } from './remote-agent.js';
import { type Finished, Running } from './running.js';
import type { SourceAgent } from './source-agent.js';

/** What the tests read of one thing that a doctor says. */
export interface Said {
  readonly check: string;
  readonly about: string;
  readonly level: 'good' | 'warning' | 'bad';
  readonly message: string;
  readonly advice?: string;
}

/** Runs `btsoot doctor`; its exit status must be what it says. */
export async function sourceDoctor(source: SourceAgent, ...args: readonly string[]): Promise<Said[]> {
  return saidBy(await source.run('doctor', ...args, '--json'));
}

export async function remoteDoctor(remote: RemoteAgent, ...args: readonly string[]): Promise<Said[]> {
  return saidBy(await remote.run('doctor', '--root', remote.root, ...args, '--json'));
}

/** Of a root that nobody has initialised: a local target's. */
export async function rootDoctor(root: string): Promise<Said[]> {
  const command = [...remoteProgram, 'doctor', '--root', root, '--json'];
  return saidBy(await new Running(command, { env: cleanEnvironment(root) }).finished);
}

function saidBy({ status, stdout, stderr }: Finished): Said[] {
  assert.notEqual(stdout, '', stderr);
  const { level, diagnoses } = JSON.parse(stdout) as { level: Said['level']; diagnoses: Said[] };
  assert.equal(status, { good: 0, warning: 4, bad: 1 }[level], stdout);
  for (const one of diagnoses) {
    assert.equal(one.advice === undefined, one.level === 'good', `what to do about it? ${JSON.stringify(one)}`);
    assert.doesNotMatch(`${one.message}${one.advice ?? ''}`, /\n|undefined|NaN|\[object/);
  }
  return diagnoses;
}

/** `level check about`, of what is not good. */
export function troubles(said: readonly Said[]): string[] {
  return said.filter(({ level }) => level !== 'good').map(({ level, check, about }) => `${level} ${check} ${about}`);
}

export function find(said: readonly Said[], check: string, about?: string): Said {
  const found = said.find((one) => one.check === check && (about === undefined || one.about === about));
  return found ?? assert.fail(`no ${check} in ${JSON.stringify(said, null, 1)}`);
}
