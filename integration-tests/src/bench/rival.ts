import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tellingPeak, toldPeakBytes } from '../harness/memory.js';

/** What one run of a program took. */
export interface Run {
  readonly seconds: number;
  /** The most resident memory that it had, where it is one of ours. */
  readonly peakBytes: number;
}

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Done before each run, and not measured. */
  readonly prepare?: () => void;
}

/** False where the caches of the disk can be emptied, else the reason. */
export const cachesStay: string | false = process.geteuid?.() === 0 ? false : 'only root can empty the caches of the disk';

export function dropCaches(): void {
  spawnSync('sync');
  writeFileSync('/proc/sys/vm/drop_caches', '3');
}

/** Null where a program is not installed. */
export function run({ command, args, environment = {}, prepare }: Program): Run | null {
  prepare?.();
  const NODE_OPTIONS = [environment['NODE_OPTIONS'], tellingPeak['NODE_OPTIONS']]
    .filter((option) => option !== undefined)
    .join(' ');
  const env = { ...process.env, ...environment, NODE_OPTIONS };
  const startedMs = performance.now();
  const { status, stderr, error } = spawnSync(command, args, { env, encoding: 'latin1', maxBuffer: 2 ** 30 });
  const seconds = (performance.now() - startedMs) / 1_000;
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') return null;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status ?? error}: ${stderr}`);
  return { seconds, peakBytes: toldPeakBytes(stderr) };
}

/** The median of several runs of each, by turns, so that a moment's load hits all alike. Null for what is not installed. */
export function compete(rounds: number, programs: readonly Program[]): (Run | null)[] {
  const runs = programs.map((): Run[] => []);
  const missing = new Set<number>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, program] of programs.entries()) {
      const one = missing.has(index) ? null : run(program);
      if (one === null) missing.add(index);
      else runs[index]?.push(one);
    }
  }
  return runs.map((all) => (all.length === 0 ? null : medianOf(all)));
}

function medianOf(runs: readonly Run[]): Run {
  const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
  return { seconds: middle(runs.map(({ seconds }) => seconds)), peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)) };
}
