import { adviceFor, BtsootError } from '@btsoot/shared/model/errors.js';

/** Results go to stdout, all that explains them to stderr. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function explain(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** An error for a person: what happened, and what to do. A bug is shown with its stack. */
export function errorText(error: unknown): string {
  if (error instanceof BtsootError && error.kind !== 'internal') {
    const hint = error.hint ?? adviceFor(error.kind);
    return hint === null ? `error: ${error.message}` : `error: ${error.message}\n  ${hint}`;
  }
  const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error: this is a bug in btsoot-remote: ${shown}`;
}

export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
