import { keepEnd, keepStart, textWidth } from './text-width.js';

/** What the line is drawn on. */
export interface Terminal {
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const redrawMinMs = 100;

/** One line at the bottom of a terminal, redrawn in place at most ten times a second. */
export class LiveLine {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #drawnAtMs = Number.NEGATIVE_INFINITY;
  #visible = false;

  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
  }

  /** The path is shortened to what is left of the width. */
  draw(text: string, path: string): void {
    const nowMs = this.#now();
    if (nowMs - this.#drawnAtMs < redrawMinMs) return;
    this.#drawnAtMs = nowMs;
    this.#terminal.write(`\r\x1b[K${fitLine(text, path, (this.#terminal.columns ?? 80) - 1)}`);
    this.#visible = true;
  }

  /** Makes room for lines that stay. */
  clear(): void {
    if (this.#visible) this.#terminal.write('\r\x1b[K');
    this.#visible = false;
    this.#drawnAtMs = Number.NEGATIVE_INFINITY;
  }
}

const pathMinColumns = 8;

export function fitLine(text: string, path: string, columns: number): string {
  const left = columns - textWidth(text) - 2;
  if (path === '' || left < pathMinColumns) return keepStart(text, columns);
  return `${text}  ${keepEnd(path, left)}`;
}
