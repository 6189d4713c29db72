import type { Sample } from './sample.js';

/**
 * What an agent may have more of at its last quiet point than at its first, while it did the same kind of work over and over.
 *
 * - descriptors and sockets: none. At each quiet point all blocks were synced a moment ago, so the same are open.
 * - heap: it is collected each second (collecting.ts). The trees grow by some hundred entries meanwhile, and less of what
 *   is compiled and cached was used at first. What piles up by 100 kB with each run is found in ten minutes.
 * - memory: beside the heap the allocator keeps what threads and databases have had at once: its arenas grow for a while.
 */
export const LEAK_BOUNDS = {
  descriptors: 0,
  sockets: 0,
  heapBytes: 16 * 1024 * 1024,
  memoryBytes: 48 * 1024 * 1024,
} as const;

/** One line for each thing that an agent has more of at its end than it may. Of a process that was sampled once, nothing can be said. */
export function leaksIn(samples: readonly Sample[]): string[] {
  const processes = [...new Set(samples.map(({ pid }) => pid))];
  return processes.flatMap((pid) => {
    const all = samples.filter((sample) => sample.pid === pid);
    const [first, last] = [all[0], all.at(-1)];
    if (first === undefined || last === undefined) return [];
    return (Object.keys(LEAK_BOUNDS) as (keyof typeof LEAK_BOUNDS)[])
      .filter((what) => last[what] - first[what] > LEAK_BOUNDS[what])
      .map((what) => `${last.service} (process ${last.pid}) has ${last[what]} ${what} at its end, and had ${first[what]}`);
  });
}
