import { readFile } from 'node:fs/promises';
import { isIPv4, type Socket } from 'node:net';

/**
 * The user whose process is at the other end of a connection within this machine, as the kernel tells; null where it does
 * not. Loopback keeps other machines out, not this one's other users.
 */
export async function peerUser(socket: Socket): Promise<number | null> {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (remoteAddress === undefined || localAddress === undefined || remotePort === undefined || localPort === undefined)
    return null;
  const wanted: Ends = { from: kernelEnd(remoteAddress, remotePort), to: kernelEnd(localAddress, localPort) };
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const user = readUserIn(await readFile(table, 'latin1').catch(() => ''), wanted);
    if (user !== null) return user;
  }
  return null;
}

interface Ends {
  readonly from: string;
  readonly to: string;
}

/** Of the table's rows, the one that belongs to the other end: its local address is our remote one. */
export function readUserIn(table: string, { from, to }: Ends): number | null {
  for (const line of table.split('\n')) {
    const [, local = '', remote = '', state, , , , user] = line.trim().split(/\s+/);
    const isTheirs = sameEnd(local, from) && sameEnd(remote, to) && state === ESTABLISHED;
    if (isTheirs && /^\d{1,10}$/.test(user ?? '')) return Number(user);
  }
  return null;
}

const ESTABLISHED = '01';

/** An IPv4 address within the table of IPv6 begins so. */
const MAPPED = '0000000000000000FFFF0000';

function sameEnd(row: string, wanted: string): boolean {
  return row === wanted || row === MAPPED + wanted;
}

/** As the kernel writes it: each 32 bits of the address in the machine's own byte order. */
export function kernelEnd(address: string, port: number): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  const bytes = isIPv4(plain) ? plain.split('.').map(Number) : bytesOfIPv6(plain);
  const words = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.slice(index * 4, index * 4 + 4));
  const written = words.map((word) => (IS_LITTLE_ENDIAN ? word.toReversed() : word).map(hex).join('')).join('');
  return `${written}:${port.toString(16).padStart(4, '0').toUpperCase()}`;
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0').toUpperCase();
}

function bytesOfIPv6(address: string): number[] {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}
