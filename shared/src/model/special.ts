/** What kind of special file, and of a device which one. Sockets are none of these: they mean nothing without their program. */
export interface Special {
  readonly type: 'fifo' | 'character' | 'block';
  /** The driver's number and the device's own; 0 of a FIFO. */
  readonly major: number;
  readonly minor: number;
}

export function sameSpecial(a: Special, b: Special): boolean {
  return a.type === b.type && a.major === b.major && a.minor === b.minor;
}

/** As one text: `fifo 0 0`, `character 1 3`. */
export function specialText({ type, major, minor }: Special): string {
  return `${type} ${major} ${minor}`;
}

const TEXT = /^(fifo|character|block) (\d+) (\d+)$/;

/** Reads what `specialText` wrote; null for anything else. */
export function specialFromText(text: string): Special | null {
  const found = TEXT.exec(text);
  return found === null ? null : { type: found[1] as Special['type'], major: Number(found[2]), minor: Number(found[3]) };
}
