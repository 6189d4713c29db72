import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Cleanup } from '../harness/cleanup.js';

export interface BenchOptions {
  /** Where the figures go as JSON; null: to stdout. */
  readonly file: string | null;
  /** 1: as large as the aims say. */
  readonly scale: number;
  /** Takes the cases whose names hold this word. */
  readonly wants: (name: string) => boolean;
  /** How many runs of each its medians are of; null: as many as a benchmark takes by itself. */
  readonly rounds: number | null;
  /** Of a shaped or paced link. */
  readonly bitsPerSecond: number;
}

/** `[FILE.json] [--scale 0.1] [--only WORD] [--rounds 5] [--mbit 80]`, for all benchmarks. */
export function benchOptions(): BenchOptions {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scale: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      rounds: { type: 'string' },
      mbit: { type: 'string', default: '80' },
    },
  });
  return {
    file: positionals[0] ?? null,
    scale: positive('--scale', values.scale),
    wants: (name) => name.includes(values.only),
    rounds: values.rounds === undefined ? null : Math.ceil(positive('--rounds', values.rounds)),
    bitsPerSecond: positive('--mbit', values.mbit) * 1_000_000,
  };
}

/** Runs a benchmark and cleans up after it, also when somebody has seen enough of it. */
export async function bench(work: (cleanup: Cleanup) => Promise<void>): Promise<void> {
  const cleanup = new Cleanup();
  let stopping: Promise<void> | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopping = cleanup.run().finally(() => process.exit(1));
    });
  }
  try {
    await within(cleanup, work);
  } catch (error) {
    // What is cleaned up under its feet fails, and that says nothing.
    if (stopping === undefined) throw error;
    await stopping;
  }
}

/** For one case: what it set up is gone when it ends. */
export async function within<T>(outer: Cleanup, work: (cleanup: Cleanup) => Promise<T>): Promise<T> {
  const cleanup = new Cleanup();
  outer.after(() => cleanup.run());
  try {
    return await work(cleanup);
  } finally {
    await cleanup.run();
  }
}

export function writeFigures(options: BenchOptions, figures: object): void {
  const json = JSON.stringify(figures, null, 2);
  if (options.file === null) console.log(`\n${json}`);
  else writeFileSync(options.file, `${json}\n`);
}

export function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  console.error(`${name} takes a number above 0, not ${text}`);
  process.exit(2);
}
