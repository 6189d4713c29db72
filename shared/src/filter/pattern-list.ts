import ignore, { type Ignore } from 'ignore';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';

/** Names are byte strings and so are patterns: `*.jpé` is the bytes of its UTF-8, and `?` is one byte, as in git. */
const OPTIONS = { ignorecase: false, allowRelativePaths: true };

const BYTE_ORDER_MARK = '\xef\xbb\xbf';

/** One line that has its say in what is left out. */
export interface Pattern {
  /** From 1. */
  readonly line: number;
  /** As it is written, a byte string. */
  readonly text: string;
  /** Begins with `!`: what it matches is not left out. */
  readonly negative: boolean;
}

/**
 * The patterns of one `.btsootignore`, or of a block's settings, in gitignore's syntax. It speaks of paths relative to
 * its own folder, and of what lies directly at them: whether a folder above is left out is its caller's business.
 */
export class PatternList {
  /** Whose patterns they are, for people. */
  readonly origin: string;
  /** Whether some pattern is for folders only, so that a name alone decides nothing. */
  readonly asksForKind: boolean;
  readonly #patterns: readonly Pattern[];
  readonly #compiled: Ignore;
  #cached: Ignore;
  #testsCached = 0;
  readonly #single = new Map<Pattern, Ignore>();

  /** @throws BtsootError of kind `invalid` for more patterns than the limit. */
  constructor(origin: string, lines: readonly string[]) {
    this.origin = origin;
    this.#patterns = lines.flatMap(parsePattern);
    if (this.#patterns.length > limits.ignorePatternsMax) {
      const count = this.#patterns.length;
      throw new BtsootError('invalid', `it has ${count} patterns, over the limit of ${limits.ignorePatternsMax}`, {
        hint: 'Put some of them into .btsootignore files of the folders that they are for.',
      });
    }
    this.asksForKind = this.#patterns.some(({ text }) => /\/[ \r]*$/.test(text));
    this.#compiled = ignore(OPTIONS).add(this.#patterns.map(({ text }) => ({ pattern: text })));
    this.#cached = this.#compiled;
    this.#renew();
  }

  /** @param text a file's bytes as a byte string */
  static parse(origin: string, text: string): PatternList {
    const body = text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
    return new PatternList(origin, body.split('\n'));
  }

  /** Null where no pattern speaks of it. The last one that does decides. */
  decide(path: string, isDirectory: boolean): 'ignored' | 'included' | null {
    const { ignored, unignored } = this.#test(isDirectory ? `${path}/` : path);
    if (!ignored) return unignored ? 'included' : null;
    if (!this.#isParentIgnored(path)) return 'ignored';
    // The folder it lies in has been taken in again by patterns further down: those here say no more of it than they say
    // of the path itself.
    const pattern = this.explain(path, isDirectory);
    if (pattern === null) return null;
    return pattern.negative ? 'included' : 'ignored';
  }

  /** The pattern that decides about it. */
  explain(path: string, isDirectory: boolean): Pattern | null {
    const tested = isDirectory ? `${path}/` : path;
    return this.#patterns.findLast((pattern) => this.#matches(pattern, tested)) ?? null;
  }

  #isParentIgnored(path: string): boolean {
    const slash = path.lastIndexOf('/');
    return slash >= 0 && this.#test(path.slice(0, slash + 1)).ignored;
  }

  /** The library remembers each path that it was asked about, so it is begun anew now and then. */
  #test(path: string): { readonly ignored: boolean; readonly unignored: boolean } {
    if (this.#testsCached++ >= limits.ignoreTestsCachedMax) this.#renew();
    return this.#cached.test(path);
  }

  #renew(): void {
    this.#testsCached = 0;
    this.#cached = ignore(OPTIONS).add(this.#compiled);
    this.#single.clear();
  }

  /** A lone negative pattern matches the path itself or nothing: there is nothing above that it could inherit. */
  #matches(pattern: Pattern, path: string): boolean {
    let single = this.#single.get(pattern);
    if (single === undefined) {
      single = ignore(OPTIONS).add({ pattern: pattern.negative ? pattern.text : `!${pattern.text}` });
      this.#single.set(pattern, single);
    }
    if (this.#testsCached++ >= limits.ignoreTestsCachedMax) this.#renew();
    return single.test(path).unignored;
  }
}

function parsePattern(text: string, index: number): Pattern[] {
  if (text.startsWith('#') || /^[ \r]*$/.test(text)) return [];
  return [{ line: index + 1, text, negative: text.startsWith('!') }];
}
