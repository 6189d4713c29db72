/** One measured thing, as Prometheus names it: `btsoot_` first, its unit last, `_total` for what only grows. */
export interface Family {
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  /** One sentence, for whoever reads the page. */
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** Of bounded number: what is configured, or one of a few words. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, kind: 'gauge', help, samples };
}

/** @param name ends in `_total` */
export function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, kind: 'counter', help, samples };
}

/** The samples of what there is one of. */
export function one(value: number): readonly Sample[] {
  return [{ labels: {}, value }];
}

/** One sample for each word, of which one is 1 and the others are 0. */
export function states<W extends string>(
  words: readonly W[],
  current: W | null,
  labels: Sample['labels'],
  name: string,
): readonly Sample[] {
  return words.map((word) => ({ labels: { ...labels, [name]: word }, value: word === current ? 1 : 0 }));
}

/** Prometheus counts in seconds. */
export function secondsOfUs(us: number): number {
  return us / 1e6;
}
