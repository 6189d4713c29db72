import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type fc from 'fast-check';
import { repository } from '../harness/programs.js';

/** As `room/file#function`, below a workspace's `src`. */
export type ParserName = string;

export interface Fuzzed {
  readonly kind: 'fuzzed';
  readonly input: fc.Arbitrary<unknown>;
  /** May throw a BtsootError of one of these kinds, and nothing else. */
  readonly throws: readonly string[];
  readonly parse: (input: never) => unknown;
}

export type Parser =
  | Fuzzed
  /** Called with parts of what another one in this list is called with. */
  | { readonly kind: 'reached'; readonly by: ParserName | 'wire' }
  /** Not a parser, or of what this very process has made. */
  | { readonly kind: 'excused'; readonly why: string };

// biome-ignore lint/suspicious/noExplicitAny: what the programs export is known by name alone here, agents included
export type Module = Record<string, any>;

export const load = (file: string): Promise<Module> => import(pathToFileURL(join(repository, `${file}.js`)).href);

export function fuzzed<T>(input: fc.Arbitrary<T>, parse: (input: T) => unknown, ...throws: string[]): Fuzzed {
  return { kind: 'fuzzed', input, parse, throws: throws.length === 0 ? ['invalid'] : throws };
}

export const excused = (why: string): Parser => ({ kind: 'excused', why });
export const reached = (by: ParserName | 'wire'): Parser => ({ kind: 'reached', by });
/** By what the messages of the protocol are made into; see parsers.test.ts. */
export const WIRE = reached('wire');

/** A file with these bytes, for parsers that open one themselves. */
export function withFile<T>(bytes: Uint8Array | string, work: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'btsoot-fuzz-'));
  const clean = (): void => rmSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, 'file'), bytes);
    const result = work(join(folder, 'file'));
    if (result instanceof Promise) return result.finally(clean) as T;
    clean();
    return result;
  } catch (error) {
    clean();
    throw error;
  }
}
