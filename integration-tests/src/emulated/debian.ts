import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Architecture, debianKeys } from './architecture.js';
import { mustRun } from './must-run.js';

/*
 * Debian 13's own Node for another kind of machine, with all that it depends on: fetched by the machine's own apt, which checks the
 * signatures, into a cache folder, and unpacked there. It takes no root, and changes nothing of the system.
 */

const RELEASE = 'trixie';

/** No mirror can be reached that has it. */
export class Unreachable extends Error {}

export class Debian {
  /** Where its programs and libraries are, as `/` of a machine of that kind. */
  readonly root: string;
  readonly #folder: string;
  readonly #architecture: Architecture;

  /** From the cache where it is there, else from a mirror. @throws Unreachable */
  static of(architecture: Architecture): Debian {
    const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
    const debian = new Debian(join(cache, 'btsoot', `${RELEASE}-${architecture.name}`), architecture);
    if (!existsSync(debian.root)) debian.#fetch();
    return debian;
  }

  private constructor(folder: string, architecture: Architecture) {
    this.root = join(folder, 'root');
    this.#folder = folder;
    this.#architecture = architecture;
  }

  /** What apt says of installing this package; throws where its dependencies cannot be met. */
  install(deb: string): string {
    return this.#apt('--simulate', 'install', deb);
  }

  /** By what the packages say themselves: Node, and all that it depends on, the C library included. */
  installedBytes(): number {
    return this.#packages().reduce((sum, deb) => sum + installedBytes(deb), 0);
  }

  #fetch(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    for (const name of ['state/lists/partial', 'cache/archives/partial'])
      mkdirSync(join(this.#folder, name), { recursive: true });
    writeFileSync(join(this.#folder, 'status'), '');
    writeFileSync(join(this.#folder, 'sources.list'), `deb [signed-by=${debianKeys}] ${mirror()} ${RELEASE} main\n`);
    try {
      this.#apt('--error-on=any', 'update');
      this.#apt('--yes', '--download-only', 'install', 'nodejs');
    } catch (error) {
      const { message } = error as Error;
      const reason = /^E: (.*)$/m.exec(message)?.[1] ?? message;
      throw new Unreachable(`Debian's Node for ${this.#architecture.name} cannot be fetched: ${reason}`);
    }
    const part = `${this.root}.part`;
    mkdirSync(join(part, 'usr/lib'), { recursive: true });
    symlinkSync('usr/lib', join(part, 'lib'));
    for (const deb of this.#packages()) mustRun('dpkg-deb', '--extract', deb, part);
    renameSync(part, this.root);
  }

  #packages(): string[] {
    const folder = join(this.#folder, 'cache/archives');
    return readdirSync(folder)
      .filter((name) => name.endsWith('.deb'))
      .map((name) => join(folder, name));
  }

  /** With what the machine says of proxies, and nothing else of its own. */
  #apt(...args: readonly string[]): string {
    const settings = {
      'Dir::Etc::SourceList': join(this.#folder, 'sources.list'),
      'Dir::Etc::SourceParts': '/dev/null',
      'Dir::Etc::Preferences': '/dev/null',
      'Dir::Etc::PreferencesParts': '/dev/null',
      'Dir::State': join(this.#folder, 'state'),
      'Dir::State::Status': join(this.#folder, 'status'),
      'Dir::Cache': join(this.#folder, 'cache'),
      'APT::Architecture': this.#architecture.name,
      'APT::Architectures': this.#architecture.name,
      'APT::Install-Recommends': '0',
      'APT::Sandbox::User': '',
      'Acquire::Languages': 'none',
    };
    return mustRun('apt-get', '-q', ...Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]), ...args);
  }
}

/** In bytes, by what a package says itself. */
export function installedBytes(deb: string): number {
  return 1024 * Number(mustRun('dpkg-deb', '--field', deb, 'Installed-Size'));
}

/** What this machine uses, where it is a Debian itself. */
function mirror(): string {
  const format = ['--format', '$(REPO_URI)', 'Created-By: Packages', 'Label: Debian'];
  const { stdout } = spawnSync('apt-get', ['indextargets', ...format], { encoding: 'utf8' });
  const found = process.env['BTSOOT_DEBIAN_MIRROR'] ?? stdout?.split('\n').find((line) => line !== '');
  if (found === undefined) throw new Unreachable('this machine knows no mirror of Debian: name one in $BTSOOT_DEBIAN_MIRROR');
  return found;
}
