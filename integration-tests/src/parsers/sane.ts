import assert from 'node:assert/strict';

/** What holds for every value that came from outside, whatever it is part of, by the name that it has there. */
export function assertSane(value: unknown, name = 'value'): void {
  if (typeof value === 'number') assert.ok(Number.isFinite(value), `${name} is ${value}`);
  else if (typeof value === 'string') assertSaneText(value, name);
  else if (Array.isArray(value)) for (const item of value) assertSane(item, name);
  else if (value instanceof Map) for (const [key, item] of value) assertSane(item, String(key));
  else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const [key, item] of Object.entries(value)) assertSane(item, key);
  }
}

const PATHS = new Set(['path', 'folder']);
const HASHES = new Set(['hash', 'digest', 'session', 'secret', 'chunksDigest']);

function assertSaneText(text: string, name: string): void {
  if (PATHS.has(name) && text !== '') {
    assert.ok(text.length <= 65_536, `${name} has ${text.length} bytes`);
    assert.ok(text.split('/').length <= 2_000, `${name} is too deep`);
    for (const part of text.split('/')) assertSaneName(part, name);
  }
  if (name === 'name' && text !== '') assertSaneName(text, name);
  if (HASHES.has(name)) assert.match(text, /^[0-9a-f]{32}$/, name);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (name === 'message' || name === 'version') assert.doesNotMatch(text, /[\x00-\x1f\x7f-\x9f\u202a-\u202e]/, name);
}

function assertSaneName(part: string, name: string): void {
  assert.ok(part.length >= 1 && part.length <= 255, `${name} has a part of ${part.length} bytes`);
  assert.ok(part !== '.' && part !== '..', `${name} has the part ${part}`);
  assert.doesNotMatch(part, /[/\0]/, name);
}
