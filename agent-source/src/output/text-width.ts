/** Columns that a terminal gives to wide characters (East Asian, emoji), combining marks and all others. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** As much of the text's end as fits, with `…` in front where something is left out. */
export function keepEnd(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const kept: string[] = [];
  let width = 1;
  for (const character of [...text].reverse()) {
    width += characterWidth(character);
    if (width > columns) break;
    kept.push(character);
  }
  return columns < 1 ? '' : `…${kept.reverse().join('')}`;
}

/** As much of the text's beginning as fits. */
export function keepStart(text: string, columns: number): string {
  let width = 0;
  let kept = '';
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns) break;
    kept += character;
  }
  return kept;
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/^\p{Mark}$/u.test(character) || code === 0x200d) return 0;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    code >= 0x20000;
  return wide ? 2 : 1;
}
