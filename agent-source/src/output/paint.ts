/** Colours for a terminal, or nothing. */
export interface Paint {
  bold(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
}

const plain = (text: string): string => text;

export const NO_PAINT: Paint = { bold: plain, good: plain, warn: plain, bad: plain, dim: plain };

const ANSI_PAINT: Paint = { bold: ansi(1, 22), good: ansi(32, 39), warn: ansi(33, 39), bad: ansi(31, 39), dim: ansi(2, 22) };

/** Colours where the stream is a terminal that has them; `NO_COLOR` (no-color.org) turns them off. */
export function choosePaint(isTerminal: boolean, environment: Readonly<Record<string, string | undefined>> = process.env): Paint {
  const refused = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return isTerminal && !refused ? ANSI_PAINT : NO_PAINT;
}

function ansi(on: number, off: number): (text: string) => string {
  return (text) => `\x1b[${on}m${text}\x1b[${off}m`;
}
