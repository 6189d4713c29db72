import { printTable } from '../harness/table.js';
import type { Effort } from './effort.js';
import { bench, benchOptions, within, writeFigures } from './program.js';
import { loopback } from './route.js';
import { firstMedia, firstSmallFiles, mediaBytes, smallFiles, type Timed, time } from './time-cases.js';

/*
 * How fast it goes where no link is in the way, and what CPU it takes: first syncs over loopback, BTSOOT with TLS,
 * beside an rsync daemon without, both on this machine's disk. The two ends share its CPUs.
 * `npm run bench:loopback [-- [FILE.json] [--scale 0.1] [--only WORD]]`
 */

interface Kind {
  readonly name: string;
  readonly timed: Timed;
  readonly amount: number;
  /** What one of `amount` is, and what is counted of them in a second. */
  readonly unit: string;
}

function rowsOf({ timed, amount, unit }: Kind): string[][] {
  const row = (who: string, { seconds, nearCpuSeconds, farCpuSeconds }: Effort): string[] => [
    who,
    `${seconds.toFixed(1)} s`,
    `${(amount / seconds).toFixed(0)} ${unit}/s`,
    ...[nearCpuSeconds, farCpuSeconds].map((cpu) => `${((cpu / amount) * 1_000).toFixed(2)} s`),
  ];
  return [row('BTSOOT', timed.btsoot), ...(timed.rsync === null ? [] : [row('rsync', timed.rsync)])];
}

const options = benchOptions();
await bench(async (outer) => {
  const kinds: Kind[] = [];
  for (const [timeCase, amount, unit] of [
    [firstMedia, mediaBytes(options.scale) / 1_000_000, 'MB'],
    [firstSmallFiles, smallFiles(options.scale), 'files'],
  ] as const) {
    if (!options.wants(timeCase.name)) continue;
    console.error(`${timeCase.name} ...`);
    const timed = await within(outer, (cleanup) => time(cleanup, timeCase, loopback, { scale: options.scale, compress: false }));
    kinds.push({ name: timeCase.name, timed, amount, unit });
  }
  for (const kind of kinds) {
    const columns = ['took', 'speed', `source's CPU per 1,000 ${kind.unit}`, `remote's CPU per 1,000 ${kind.unit}`];
    printTable(
      [{ title: 'first sync', align: 'left' }, ...columns.map((title) => ({ title, align: 'right' as const }))],
      rowsOf(kind),
    );
    console.log('');
  }
  writeFigures(options, { scale: options.scale, kinds });
});
