import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { here, type Place } from '../harness/place.js';
import { repository, sourceProgram } from '../harness/programs.js';
import type { Architecture } from './architecture.js';
import { type Debian, installedBytes } from './debian.js';
import { mustRun } from './must-run.js';

/** The package of the remote agent for another kind of machine, made here, unpacked, and run by an emulator. */
export class EmulatedRemote {
  readonly debian: Debian;
  readonly deb: string;
  readonly architecture: Architecture;
  readonly #folder: string;

  /** @param folder gets the packages and what is in them */
  static make(architecture: Architecture, debian: Debian, folder: string): EmulatedRemote {
    mustRun(process.execPath, join(repository, 'deploy/deb/build.mjs'), '--arch', architecture.name, '--out', folder);
    const name = readdirSync(folder).find((file) => /^btsoot-remote_.*\.deb$/.test(file));
    if (name === undefined) throw new Error(`no package of the remote agent came to be in ${folder}`);
    mustRun('dpkg-deb', '--extract', join(folder, name), join(folder, 'installed'));
    return new EmulatedRemote(architecture, debian, folder, join(folder, name));
  }

  private constructor(architecture: Architecture, debian: Debian, folder: string, deb: string) {
    this.architecture = architecture;
    this.debian = debian;
    this.#folder = folder;
    this.deb = deb;
  }

  /** Where the remote agent runs as it is installed. */
  place(): Place {
    return this.#placeIn('installed');
  }

  /** The same without what was compiled of our own C, as where that could not be compiled. */
  placeWithoutNativeParts(): Place {
    const [from, to] = [join(this.#folder, 'installed'), join(this.#folder, 'installed-without')];
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
    rmSync(join(to, 'usr/lib/btsoot-remote/shared/native/build'), { recursive: true });
    return this.#placeIn('installed-without');
  }

  /** What an expression is for the emulated Node, as it prints it. */
  evaluate(expression: string): string {
    const [command = '', ...args] = [...this.#node(), '-p', expression];
    return mustRun(command, ...args).trim();
  }

  /** Absolute paths of what was compiled. */
  nativeParts(): string[] {
    const library = join(this.#folder, 'installed/usr/lib/btsoot-remote');
    return readdirSync(library, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.node'))
      .map((name) => join(library, name));
  }

  /** In bytes: of the package alone, and of Debian's Node with what it depends on. */
  footprint(): { readonly packageBytes: number; readonly nodeBytes: number } {
    return { packageBytes: installedBytes(this.deb), nodeBytes: this.debian.installedBytes() };
  }

  #node(): string[] {
    const { root } = this.debian;
    return [this.architecture.emulator, '-L', root, join(root, 'usr/bin/node')];
  }

  /** With the settings of the program's first line, as the kernel starts it. */
  #placeIn(folder: string): Place {
    const main = join(this.#folder, folder, 'usr/lib/btsoot-remote/agent-remote/bundle/main.js');
    const [, words] = /^#!(?:\/usr\/bin\/env -S )?(.*)$/m.exec(readFileSync(main, 'utf8')) ?? [];
    if (words === undefined || !words.includes('/usr/bin/node')) throw new Error(`${main} does not say that Node runs it`);
    const remote = words.split(' ').flatMap((word) => (word === '/usr/bin/node' ? this.#node() : [word]));
    return { ...here, programs: { source: sourceProgram, remote: ['/usr/bin/env', ...remote, main] } };
  }
}
