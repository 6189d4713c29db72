import { isDeepStrictEqual } from 'node:util';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { parse } from 'smol-toml';
import { outlineToml, type TomlItem } from './toml-outline.js';

export type TomlValues = Readonly<Record<string, string | number>>;

/**
 * Gives a table these values, in the text: comments, order and other tables stay as they are.
 * @throws BtsootError of kind `invalid` where the text writes the table in a way that this cannot edit (inline, dotted).
 */
export function setTable(text: string, path: readonly string[], values: TomlValues): string {
  const items = outlineToml(text);
  const header = items.find((item) => item.kind === 'table' && samePath(item.path, path));
  const edited = header === undefined ? appendTable(text, path, values) : changeTable(text, items, header, path, values);
  const wanted = parse(text);
  Object.assign(descend(wanted, path), values);
  return checked(edited, wanted, path);
}

/** Removes a table and those below it. Comments around it stay. Throws as `setTable`. */
export function removeTable(text: string, path: readonly string[]): string {
  const wanted = parse(text);
  const parent = descend(wanted, path.slice(0, -1));
  const name = path.at(-1) ?? '';
  if (!Object.hasOwn(parent, name)) return text;
  delete parent[name];
  const doomed = outlineToml(text).filter((item) => path.every((part, at) => part === item.path[at]));
  const spans: { start: number; end: number }[] = [];
  for (const item of doomed) {
    const last = spans.at(-1);
    // What stands between a table's header and its last key belongs to it.
    if (last !== undefined && item.kind === 'key') last.end = item.end;
    else spans.push({ start: item.start, end: item.end });
  }
  let edited = text;
  for (const span of spans.reverse()) edited = cut(edited, span.start, span.end);
  return checked(edited, wanted, path);
}

function appendTable(text: string, path: readonly string[], values: TomlValues): string {
  const head = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const lines = Object.entries(values).map(([key, value]) => `${quoteKey(key)} = ${quoteValue(value)}\n`);
  return `${head}${head === '' ? '' : '\n'}[${path.map(quoteKey).join('.')}]\n${lines.join('')}`;
}

function changeTable(
  text: string,
  items: readonly TomlItem[],
  header: TomlItem,
  path: readonly string[],
  values: TomlValues,
): string {
  const keys = items.filter((item) => item.kind === 'key' && samePath(item.path.slice(0, -1), path));
  const newKeys = Object.entries(values).filter(([key]) => !keys.some((item) => item.path.at(-1) === key));
  const added = newKeys.map(([key, value]) => `${quoteKey(key)} = ${quoteValue(value)}\n`).join('');
  const place = Math.max(header.end, ...keys.map((item) => item.end));
  const newline = added !== '' && text[place - 1] !== '\n' ? '\n' : '';
  let edited = text.slice(0, place) + newline + added + text.slice(place);
  // From the back: the offsets in front stay right.
  for (const item of keys.sort((a, b) => b.start - a.start)) {
    const value = values[item.path.at(-1) ?? ''];
    if (value !== undefined) edited = edited.slice(0, item.valueStart) + quoteValue(value) + edited.slice(item.valueEnd);
  }
  return edited;
}

/** Cuts a span out, and one of the two blank lines that would then meet. */
function cut(text: string, start: number, end: number): string {
  const before = text.slice(0, start);
  const after = text.slice(end);
  if (before.endsWith('\n\n') && (after === '' || /^\r?\n/.test(after))) return before.slice(0, -1) + after;
  return before + (before === '' ? after.replace(/^\r?\n/, '') : after);
}

/** The edit is right when parsing it gives what changing the parsed values gives. */
function checked(edited: string, wanted: Record<string, unknown>, path: readonly string[]): string {
  let got: unknown;
  try {
    got = parse(edited);
  } catch {
    got = undefined;
  }
  if (isDeepStrictEqual(withoutEmpty(got), withoutEmpty(wanted))) return edited;
  throw new BtsootError(
    'invalid',
    `the config file writes ${path.join('.')} in a way that cannot be edited without losing text`,
    {
      hint: `Write it as a table of its own, [${path.map(quoteKey).join('.')}], or make this change by hand.`,
    },
  );
}

/** `[blocks]` with nothing in it says the same as nothing. */
function withoutEmpty(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, inner]) => !isDeepStrictEqual(withoutEmpty(inner), {}));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutEmpty(inner)]));
}

function descend(root: Record<string, unknown>, path: readonly string[]): Record<string, unknown> {
  let at = root;
  for (const name of path) {
    if (typeof at[name] !== 'object' || at[name] === null) at[name] = {};
    at = at[name] as Record<string, unknown>;
  }
  return at;
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at]);
}

function quoteKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoteString(key);
}

function quoteValue(value: string | number): string {
  return typeof value === 'number' ? String(value) : quoteString(value);
}

/** A JSON string is a TOML basic string, but for DEL. */
function quoteString(text: string): string {
  return JSON.stringify(text).replaceAll('\x7f', '\\u007F');
}
