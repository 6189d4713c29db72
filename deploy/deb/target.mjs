// The kinds of machines that packages are made for, and what compiles for them.
import { execFileSync, spawnSync } from 'node:child_process';

/** By Debian's names. `arch` is Node's. */
const OTHERS = {
  amd64: { arch: 'x64', triplet: 'x86_64-linux-gnu' },
  arm64: { arch: 'arm64', triplet: 'aarch64-linux-gnu' },
  armhf: { arch: 'arm', triplet: 'arm-linux-gnueabihf' },
};

/**
 * @param architecture Debian's name; undefined for this machine's
 * @throws Error with advice, where nothing here compiles for it
 */
export function targetOf(architecture) {
  const own = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
  if (architecture === undefined || architecture === own)
    return { architecture: own, arch: process.arch, isOwn: true, strip: 'strip' };
  const other = OTHERS[architecture];
  if (other === undefined)
    throw new Error(`--arch ${architecture} is none of ${[...new Set([own, ...Object.keys(OTHERS)])].join(', ')}`);
  const [cc, cxx, ar, strip] = ['gcc', 'g++', 'ar', 'strip'].map((tool) => `${other.triplet}-${tool}`);
  const absent = [cc, cxx, ar, strip].find((tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status !== 0);
  if (absent !== undefined)
    throw new Error(
      `${absent} is not here, which compiling for ${architecture} takes: apt-get install g++-${other.triplet.replace('_', '-')}`,
    );
  return { architecture, arch: other.arch, isOwn: false, cc, cxx, ar, strip };
}
