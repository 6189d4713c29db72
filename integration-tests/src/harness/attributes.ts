import { spawnSync } from 'node:child_process';

/*
 * Extended attributes and ACLs as the tools of the package attr and acl say them: for the comparer, which shares no code
 * with the program.
 */

const outputMaxBytes = 256 * 1024 * 1024;

export const getfattrMissing: string | false = isThere('getfattr') ? false : 'getfattr (of the package attr) is not installed';
export const setfaclMissing: string | false = isThere('setfacl') ? false : 'setfacl (of the package acl) is not installed';

/** By path below the root (as getfattr escapes it), the attributes of every entry that has some, but for security modules' labels. */
export function attributesIn(root: string): ReadonlyMap<string, string> {
  const lines = run(['getfattr', '-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '--absolute-names', '.'], root);
  const found = new Map<string, string>();
  for (const part of lines.split('\n\n')) {
    const [head = '', ...attributes] = part.split('\n');
    const mirrored = attributes.filter((line) => !/^security\.(?!capability=)/.test(line)).sort();
    if (mirrored.length > 0) found.set(head.replace('# file: ', ''), mirrored.join('\n'));
  }
  return found;
}

/** `value` is as setfattr takes it: text, or 0x with hexadecimal digits. */
export function setAttribute(path: string | Buffer, name: string, value: string): void {
  run(['setfattr', '-h', '-n', name, '-v', value, '--', pathText(path)]);
}

export function removeAttribute(path: string | Buffer, name: string): void {
  run(['setfattr', '-h', '-x', name, '--', pathText(path)]);
}

/** `setAcl(path, '-m', 'u:1234:rwx')` */
export function setAcl(path: string | Buffer, ...args: readonly string[]): void {
  run(['setfacl', ...args, '--', pathText(path)]);
}

function pathText(path: string | Buffer): string {
  return typeof path === 'string' ? path : path.toString('utf8');
}

function isThere(tool: string): boolean {
  return spawnSync(tool, ['--version'], { stdio: 'ignore' }).status === 0;
}

function run([command = '', ...args]: readonly string[], cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    ...(cwd !== undefined && { cwd }),
    encoding: 'latin1',
    maxBuffer: outputMaxBytes,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed with status ${status}: ${stderr}`);
  return stdout;
}
