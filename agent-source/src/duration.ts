const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const PATTERN = /^(\d{1,6}) ?(s|min|h|d)$/;

/** A length of time such as `10 s`, in milliseconds; null for what is none. */
export function parseDuration(text: string): number | null {
  const [, number = '', unit = ''] = PATTERN.exec(text) ?? [];
  return unit === '' ? null : Number(number) * (UNITS_MS[unit] ?? 0);
}

/** As `parseDuration` reads it. */
export function durationText(ms: number): string {
  const [unit = 's', unitMs = 1_000] = Object.entries(UNITS_MS).findLast(([, each]) => ms % each === 0 && ms >= each) ?? [];
  return `${ms / unitMs} ${unit}`;
}
