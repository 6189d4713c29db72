import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BtsootError } from '../model/errors.js';
import { isOwnerName } from '../model/owners.js';

/**
 * Users and groups by name, as the system looks them up: files, LDAP or whatever else it is set up for.
 * @throws BtsootError of kind `io` where `getent` is missing or does not answer.
 */

export type OwnerKind = 'passwd' | 'group';

const ANSWER_MAX_BYTES = 16 * 1024 * 1024;
const ANSWER_MAX_MS = 20_000;
/** Some keys were not found. */
const NOT_ALL_FOUND = 2;

/** Those that have a name. */
export async function namesOf(kind: OwnerKind, ids: Iterable<number>): Promise<Map<number, string>> {
  const wanted = new Set(ids);
  const found = await ask(kind, [...wanted].map(String));
  return new Map(found.flatMap(({ name, id }) => (wanted.has(id) ? [[id, name] as const] : [])));
}

/** Those that somebody here has. */
export async function numbersOf(kind: OwnerKind, names: Iterable<string>): Promise<Map<string, number>> {
  const wanted = new Set([...names].filter(isOwnerName));
  const found = await ask(kind, [...wanted]);
  return new Map(found.flatMap(({ name, id }) => (wanted.has(name) ? [[name, id] as const] : [])));
}

async function ask(kind: OwnerKind, keys: readonly string[]): Promise<{ readonly name: string; readonly id: number }[]> {
  if (keys.length === 0) return [];
  const answer = await run(['getent', kind, '--', ...keys]);
  return answer.split('\n').flatMap((line) => {
    const [name = '', , digits = ''] = line.split(':');
    const id = Number(digits);
    return isOwnerName(name) && /^\d+$/.test(digits) && id <= 0xffff_ffff ? [{ name, id }] : [];
  });
}

async function run([command = '', ...args]: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args, { maxBuffer: ANSWER_MAX_BYTES, timeout: ANSWER_MAX_MS });
    return stdout;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === NOT_ALL_FOUND && 'stdout' in error)
      return String(error.stdout);
    throw new BtsootError('io', 'the names of users and groups cannot be looked up with getent', {
      hint: 'Set owners = "number" for the block, or install getent.',
      cause: error,
    });
  }
}
