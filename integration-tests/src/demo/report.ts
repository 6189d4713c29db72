import { type Column, formatBytes, formatCount, tableLines } from '../harness/table.js';

/** One line of the demo's table. */
export interface Row {
  readonly what: string;
  readonly steps: number;
  /** Content bytes that were sent. */
  readonly contentBytes: number;
  /** All bytes that crossed the wire, both ways, connection set-up included. */
  readonly wireBytes: number;
  readonly durationMs: number;
}

const columns: readonly Column[] = [
  { title: 'what changed', align: 'left' },
  { title: 'steps', align: 'right' },
  { title: 'content sent', align: 'right' },
  { title: 'on the wire', align: 'right' },
  { title: 'took', align: 'right' },
];

export function printRows(rows: readonly Row[]): void {
  const cells = rows.map((row) => [
    row.what,
    formatCount(row.steps),
    formatBytes(row.contentBytes),
    formatBytes(row.wireBytes),
    `${(row.durationMs / 1_000).toFixed(1)} s`,
  ]);
  console.log(['', ...tableLines(columns, cells), ''].map((line) => `  ${line}`.trimEnd()).join('\n'));
}

export function say(line: string): void {
  console.log(`  ${line}`);
}
