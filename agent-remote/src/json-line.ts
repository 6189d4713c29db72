/**
 * The line, counted from 1, on which the value at a path of keys begins in a valid JSON text; of the longest part of the
 * path that is there, where not all of it is.
 */
export function jsonLine(text: string, path: readonly PropertyKey[]): number {
  let at = 0;
  for (const key of path) {
    const found = valueIn(text, skipBlanks(text, at), String(key));
    if (found === null) break;
    at = found;
  }
  return lineAt(text, skipBlanks(text, at));
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Where the value of a key begins in the object, or of an index in the array, that begins at an offset. */
function valueIn(text: string, start: number, wanted: string): number | null {
  const isObject = text[start] === '{';
  if (!isObject && text[start] !== '[') return null;
  let at = skipBlanks(text, start + 1);
  for (let index = 0; at < text.length && text[at] !== '}' && text[at] !== ']'; index++) {
    let key = String(index);
    if (isObject) {
      const end = skipValue(text, at);
      key = JSON.parse(text.slice(at, end)) as string;
      at = skipBlanks(text, skipBlanks(text, end) + 1);
    }
    if (key === wanted) return at;
    at = skipBlanks(text, skipValue(text, at));
    if (text[at] === ',') at = skipBlanks(text, at + 1);
  }
  return null;
}

/** Behind the value that begins at an offset. */
function skipValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') at = endOfString(text, at);
    else if ('[{'.includes(character)) depth++;
    else if (']}'.includes(character)) depth--;
    else if (depth === 0 && !/[\w.+-]/.test(character)) return at;
    if (depth < 0) return at;
    if (depth === 0 && /["\]}]/.test(character)) return at + 1;
  }
  return text.length;
}

/** The offset of a string's closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at++;
  return at;
}
