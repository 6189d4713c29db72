/**
 * Where things stand in a TOML text that a TOML parser has found valid: what a parser throws away, and what messages
 * that name lines and edits that keep comments need.
 */
export interface TomlItem {
  readonly kind: 'table' | 'key';
  /** Absolute: a key's path begins with its table's. */
  readonly path: readonly string[];
  /** Counted from 1. */
  readonly line: number;
  /** Offset of the line that it begins on. */
  readonly start: number;
  /** Offset of a key's value; of a table, as `start`. */
  readonly valueStart: number;
  /** Offset behind a key's value, or behind a table's header. */
  readonly valueEnd: number;
  /** Offset behind the line that it ends on, the newline included. */
  readonly end: number;
}

export function outlineToml(text: string): TomlItem[] {
  const items: TomlItem[] = [];
  let table: string[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const start = at;
    const first = skipBlanks(text, start);
    let valueStart = start;
    let valueEnd = first;
    if (text[first] === '[') {
      const opening = text[first + 1] === '[' ? 2 : 1;
      const header = readKey(text, first + opening);
      table = header.names;
      valueEnd = header.end + opening;
      items.push({ kind: 'table', path: table, line, start, valueStart, valueEnd, end: lineEnd(text, valueEnd) });
    } else if (first < text.length && !'#\r\n'.includes(text.charAt(first))) {
      const key = readKey(text, first);
      valueStart = skipBlanks(text, key.end + 1);
      valueEnd = skipValue(text, valueStart);
      const end = lineEnd(text, valueEnd);
      items.push({ kind: 'key', path: [...table, ...key.names], line, start, valueStart, valueEnd, end });
    }
    at = lineEnd(text, valueEnd);
    for (let offset = start; offset < at; offset++) if (text[offset] === '\n') line++;
  }
  return items;
}

/** The line of a path, or of the nearest thing around it. 1 where nothing of it is there. */
export function lineOfPath(items: readonly TomlItem[], path: readonly string[]): number {
  let best: TomlItem | undefined;
  for (const item of items) {
    const matches = item.path.length <= path.length && item.path.every((name, at) => name === path[at]);
    if (matches && item.path.length > (best?.path.length ?? 0)) best = item;
  }
  return best?.line ?? items.find((item) => path.every((name, at) => name === item.path[at]))?.line ?? 1;
}

/** Reads a dotted key. `end` is the offset of the `=` or `]` behind it. */
function readKey(text: string, from: number): { names: string[]; end: number } {
  const names: string[] = [];
  let at = skipBlanks(text, from);
  while (at < text.length) {
    const quote = text.charAt(at);
    const end = quote === '"' || quote === "'" ? skipString(text, at) : bareEnd(text, at);
    names.push(unquote(text.slice(at, end)));
    at = skipBlanks(text, end);
    if (text[at] !== '.') break;
    at = skipBlanks(text, at + 1);
  }
  return { names, end: at };
}

function bareEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && /[A-Za-z0-9_-]/.test(text.charAt(at))) at++;
  return Math.max(at, from + 1);
}

function unquote(key: string): string {
  if (key.startsWith("'")) return key.slice(1, -1);
  if (!key.startsWith('"')) return key;
  try {
    return String(JSON.parse(key));
  } catch {
    return key.slice(1, -1); // an escape that only TOML has: good enough to find a line
  }
}

/** Offset behind a value, which may be an array or a string of several lines. */
function skipValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; ) {
    const character = text.charAt(at);
    if (character === '"' || character === "'") {
      at = skipString(text, at);
      continue;
    }
    if (depth === 0 && '#\r\n'.includes(character)) return trimEnd(text, from, at);
    if (character === '#') {
      at = lineEnd(text, at);
      continue;
    }
    if ('[{'.includes(character)) depth++;
    if (']}'.includes(character)) depth--;
    at++;
  }
  return text.length;
}

function skipString(text: string, from: number): number {
  const quote = text.charAt(from);
  const closing = text.startsWith(quote.repeat(3), from) ? quote.repeat(3) : quote;
  let at = from + closing.length;
  while (at < text.length && !text.startsWith(closing, at)) at += quote === '"' && text[at] === '\\' ? 2 : 1;
  at += closing.length;
  // A multi-line string may end in one or two quotes of its own, before the closing three.
  if (closing.length === 3) while (text[at] === quote) at++;
  return Math.min(at, text.length);
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

function trimEnd(text: string, from: number, end: number): number {
  let at = end;
  while (at > from && (text[at - 1] === ' ' || text[at - 1] === '\t')) at--;
  return at;
}

function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? text.length : newline + 1;
}
