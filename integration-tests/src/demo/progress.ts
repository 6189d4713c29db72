import { formatBytes, formatCount } from '../harness/table.js';

const clearLine = '\r\x1b[K';

/** Draws one event of `btsoot sync --json` over the last one, on a terminal; elsewhere nothing. */
export function showProgress(event: Readonly<Record<string, unknown>>): void {
  const text = progressText(event);
  if (process.stderr.isTTY && text !== null) process.stderr.write(`${clearLine}  ${text}`);
}

export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write(clearLine);
}

function progressText(event: Readonly<Record<string, unknown>>): string | null {
  const number = (key: string): number => Number(event[key] ?? 0);
  switch (event['kind']) {
    case 'scanned':
      return `scanned ${formatCount(number('entries'))} entries, read ${formatBytes(number('hashedBytes'))}`;
    case 'transferred':
      return `sent ${formatBytes(number('bytes'))} of ${formatBytes(number('bytesTotal'))}`;
    default:
      return null;
  }
}
