import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { BtsootError, errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import * as z from 'zod';
import { parseJsonFile, peerNameSchema, readIfPresent } from './config.js';
import { withFileLock } from './file-lock.js';
import type { Grants } from './grants.js';
import { writePrivateFile } from './private-file.js';

const sourceSchema = z.strictObject({
  name: peerNameSchema,
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
  pairedAt: z.iso.datetime('must be a time as 2026-01-31T12:00:00Z'),
  revokedAt: z.iso.datetime('must be a time as 2026-01-31T12:00:00Z').nullable(),
  grants: z.union([z.literal('everything'), z.array(z.string().min(1, 'must not be empty'))]),
});

const registrySchema = z.strictObject({
  version: z.literal(1, 'this program knows only version 1'),
  sources: z.array(sourceSchema),
});

/** A source that was paired once. `fingerprint` is the SHA-256 of its certificate, in hexadecimal digits. */
export type SourceRecord = z.infer<typeof sourceSchema>;

export interface NewSource {
  readonly name: string;
  readonly fingerprint: string;
  readonly grants: Grants;
}

/** The name that a source on this machine goes by, over the private socket of an embedded agent. */
export const localSourceName = 'local';

/**
 * The paired sources, in a JSON file that several processes read and write: `pair` and `revoke` take effect in a
 * running `serve` with its next look, because every look asks the file system whether the file is another one.
 */
export class SourceRegistry {
  readonly #file: string;
  #version = '';
  #sources: readonly SourceRecord[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws BtsootError of kind `invalid` where the file was damaged by hand. */
  list(): readonly SourceRecord[] {
    this.#requireDisk();
    const version = this.#versionOnDisk();
    if (version !== this.#version) {
      this.#sources = this.#read();
      this.#version = version;
    }
    return this.#sources;
  }

  /** The root has a folder of ours for as long as its disk is there: without it, nobody can say who is paired. */
  #requireDisk(): void {
    const home = dirname(this.#file);
    if (statSync(home, { throwIfNoEntry: false }) !== undefined) return;
    throw new BtsootError('unreachable', `the remote's folder ${home} is not there`, {
      hint: "Is the remote's disk mounted? Mount it, and restart `btsoot-remote serve`.",
    });
  }

  /** Undefined for a certificate that was never paired, and for one that was revoked. */
  active(fingerprint: string): SourceRecord | undefined {
    return this.list().find((source) => source.fingerprint === fingerprint && source.revokedAt === null);
  }

  /** The name that a certificate was paired under, revoked or not; undefined for one that never was. */
  nameOf(fingerprint: string): string | undefined {
    return this.list().find((source) => source.fingerprint === fingerprint)?.name;
  }

  /** @throws BtsootError of kind `exists` where a source of that name is paired already, `invalid` for a reserved name. */
  add(source: NewSource, now: Date): SourceRecord {
    this.checkFree(source.name);
    return this.#change((sources) => {
      refuseTaken(sources, source.name);
      const record: SourceRecord = {
        name: source.name,
        fingerprint: source.fingerprint,
        pairedAt: now.toISOString(),
        revokedAt: null,
        grants: source.grants === 'everything' ? 'everything' : [...source.grants],
      };
      return { sources: [...sources, record], result: record };
    });
  }

  /** @throws BtsootError as `add` does. */
  checkFree(name: string): void {
    const result = peerNameSchema.safeParse(name);
    if (!result.success || name === localSourceName) {
      throw new BtsootError('invalid', `a source cannot be called "${name.slice(0, 80)}"`, {
        hint: 'Use 1 to 64 letters, digits, ".", "_" and "-".',
      });
    }
    refuseTaken(this.list(), name);
  }

  /** @throws BtsootError of kind `not-found` where no source of that name is paired. */
  revoke(name: string, now: Date): void {
    this.#change((sources) => {
      if (!sources.some((source) => source.name === name && source.revokedAt === null)) {
        throw new BtsootError('not-found', `no source called "${name}" is paired`, {
          hint: '`btsoot-remote sources` lists them.',
        });
      }
      const revoked = sources.map((source) =>
        source.name === name && source.revokedAt === null ? { ...source, revokedAt: now.toISOString() } : source,
      );
      return { sources: revoked, result: undefined };
    });
  }

  #change<T>(change: (sources: readonly SourceRecord[]) => { sources: SourceRecord[]; result: T }): T {
    return withFileLock(`${this.#file}.lock`, () => {
      const { sources, result } = change(this.#read());
      writePrivateFile(this.#file, `${JSON.stringify({ version: 1, sources }, null, 2)}\n`);
      return result;
    });
  }

  #read(): readonly SourceRecord[] {
    const text = readIfPresent(this.#file);
    return text === null ? [] : parseJsonFile(this.#file, text, registrySchema).sources;
  }

  #versionOnDisk(): string {
    try {
      const stats = statSync(this.#file, { bigint: true });
      return `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return 'none';
      throw fromSystemError(error, `reading ${this.#file}`);
    }
  }
}

function refuseTaken(sources: readonly SourceRecord[], name: string): void {
  if (!sources.some((source) => source.name === name && source.revokedAt === null)) return;
  throw new BtsootError('exists', `a source called "${name}" is paired already`, {
    hint: `Revoke it with \`btsoot-remote revoke ${name}\` first, or pair under another name: \`btsoot pair CODE --as NAME\`.`,
  });
}
