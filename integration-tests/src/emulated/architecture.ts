import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A kind of machine that BTSOOT is emulated on. */
export interface Architecture {
  /** Debian's name. */
  readonly name: 'arm64' | 'armhf';
  /** What Debian calls its machines in paths and in names of compilers. */
  readonly triplet: string;
  /** Runs one of its programs here. */
  readonly emulator: string;
  /** As Node calls it. */
  readonly nodeName: string;
  readonly bits: 32 | 64;
  readonly pis: string;
}

export const architectures: readonly Architecture[] = [
  {
    name: 'arm64',
    triplet: 'aarch64-linux-gnu',
    emulator: 'qemu-aarch64-static',
    nodeName: 'arm64',
    bits: 64,
    pis: 'a Pi 3 or later with 64 bits',
  },
  {
    name: 'armhf',
    triplet: 'arm-linux-gnueabihf',
    emulator: 'qemu-arm-static',
    nodeName: 'arm',
    bits: 32,
    pis: 'a Pi 2, or a later one with 32 bits',
  },
];

const tools = (of: Architecture): readonly (readonly [string, string])[] => [
  [of.emulator, 'qemu-user-static'],
  [`${of.triplet}-g++`, `g++-${of.triplet}`],
  ['dpkg-deb', 'dpkg'],
  ['apt-get', 'apt'],
];

/** False where it can be emulated and compiled for, else the reason: what `skip` of node:test takes. */
export function missingFor(of: Architecture): string | false {
  if (process.platform !== 'linux') return 'only Linux emulates single programs';
  for (const [tool, from] of tools(of)) {
    if (spawnSync(tool, ['--version'], { stdio: 'ignore' }).status !== 0) return `${tool} is not installed (Debian: ${from})`;
  }
  return existsSync(debianKeys) ? false : `${debianKeys} is not there (Debian: debian-archive-keyring)`;
}

/** What Debian's releases are signed with. */
export const debianKeys = '/usr/share/keyrings/debian-archive-keyring.gpg';
