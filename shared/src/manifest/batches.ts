/** Rows of one statement: with as many, each takes half of the time that it takes alone. The last ones of some go in fewer. */
export const ROWS_PER_STATEMENT = 32;
const COUNTS = [ROWS_PER_STATEMENT, 8, 1] as const;

/** Cuts some into parts, each with the statement for as many. */
export type Parts<Of> = <T>(some: readonly T[]) => Generator<readonly [statement: Of, part: readonly T[]], void>;

/** @param make is called for few counts, once each */
export function inParts<Of>(make: (count: number) => Of): Parts<Of> {
  const statements = COUNTS.map((count) => [count, make(count)] as const);
  return function* cut<T>(some: readonly T[]) {
    let at = 0;
    for (const [count, statement] of statements)
      for (; at + count <= some.length; at += count) yield [statement, some.slice(at, at + count)];
  };
}

/** `what` so many times, with commas. */
export function placeholders(what: string, count: number): string {
  return Array.from({ length: count }, () => what).join(', ');
}
