import type { Cleanup } from '../harness/cleanup.js';
import { ShapedLink, shapingMissing } from '../harness/shaped-link.js';
import { printTable } from '../harness/table.js';
import { type BenchOptions, bench, benchOptions, within, writeFigures } from './program.js';
import { proxied } from './route.js';
import { firstMedia, firstSmallFiles, type TimeCase, type Timed, time, timeCases } from './time-cases.js';

/*
 * Seconds on a slow link, BTSOOT beside an rsync daemon with `-z`: two network namespaces joined by a cable of 80
 * Mbit/s, and a proxy of the same rate with no and with 100 ms of round-trip time.
 * `npm run bench:link [-- [FILE.json] [--scale 0.1] [--only WORD] [--mbit 80]]`, as root.
 */

interface LinkRow extends Timed {
  readonly name: string;
  /** The share of the cable's rate that went from the source to the remote, headers counted, from start to end. */
  readonly btsootFull: number;
  readonly rsyncFull: number;
}

/** Preparing is not held up by the shaper. */
async function onCable(outer: Cleanup, timeCase: TimeCase, { scale, bitsPerSecond }: BenchOptions): Promise<LinkRow> {
  return within(outer, async (cleanup) => {
    const link = ShapedLink.open(cleanup);
    const sentBytes: number[] = [];
    const timed = await time(
      cleanup,
      timeCase,
      { ...link, proxy: null },
      {
        scale,
        compress: true,
        before: () => link.shape(bitsPerSecond),
        after: () => sentBytes.push(link.upBytes()),
      },
    );
    const [btsootBytes = 0, rsyncBytes = 0] = sentBytes;
    const full = (bytes: number, seconds = Number.NaN): number => (bytes * 8) / seconds / bitsPerSecond;
    return {
      name: timeCase.name,
      ...timed,
      btsootFull: full(btsootBytes, timed.btsoot.seconds),
      rsyncFull: full(rsyncBytes, timed.rsync?.seconds),
    };
  });
}

const farOneWayMs = 50;

interface DistanceRow {
  readonly name: string;
  readonly near: Timed;
  /** With 100 ms of round-trip time. */
  readonly far: Timed;
}

async function atDistance(outer: Cleanup, timeCase: TimeCase, { scale, bitsPerSecond }: BenchOptions): Promise<DistanceRow> {
  const through = (delayMs: number): Promise<Timed> =>
    within(outer, (cleanup) =>
      time(cleanup, timeCase, proxied({ delayMs, bytesPerSecond: bitsPerSecond / 8 }), { scale, compress: true }),
    );
  return { name: timeCase.name, near: await through(0), far: await through(farOneWayMs) };
}

function printLink(rows: readonly LinkRow[]): void {
  const columns = ['BTSOOT', 'rsync -z', 'rsync / BTSOOT', 'link full', "rsync's"];
  printTable(
    [{ title: 'on the shaped link', align: 'left' }, ...columns.map((title) => ({ title, align: 'right' as const }))],
    rows.map(({ name, btsoot, rsync, btsootFull, rsyncFull }) => [
      name,
      formatSeconds(btsoot.seconds),
      formatSeconds(rsync?.seconds),
      rsync === null ? '-' : `${(rsync.seconds / btsoot.seconds).toFixed(2)} x`,
      formatShare(btsootFull),
      formatShare(rsyncFull),
    ]),
  );
}

function printDistance(rows: readonly DistanceRow[]): void {
  const columns = ['BTSOOT 0 ms', '100 ms', 'costs', 'rsync -z 0 ms', '100 ms', 'costs'];
  const cells = (near = Number.NaN, far = Number.NaN): string[] => [
    formatSeconds(near),
    formatSeconds(far),
    formatShare(far / near - 1),
  ];
  printTable(
    [{ title: 'through the proxy', align: 'left' }, ...columns.map((title) => ({ title, align: 'right' as const }))],
    rows.map(({ name, near, far }) => [
      name,
      ...cells(near.btsoot.seconds, far.btsoot.seconds),
      ...cells(near.rsync?.seconds, far.rsync?.seconds),
    ]),
  );
}

function formatSeconds(seconds: number | undefined): string {
  return seconds === undefined || Number.isNaN(seconds) ? '-' : `${seconds.toFixed(1)} s`;
}

function formatShare(share: number): string {
  return Number.isNaN(share) ? '-' : `${(share * 100).toFixed(1)} %`;
}

const options = benchOptions();
if (shapingMissing !== false) {
  console.error(`bench:link cannot run: ${shapingMissing}.`);
  process.exit(1);
}
await bench(async (cleanup) => {
  const link: LinkRow[] = [];
  for (const timeCase of timeCases.filter(({ name }) => options.wants(name))) {
    console.error(`${timeCase.name} ...`);
    link.push(await onCable(cleanup, timeCase, options));
  }
  const distance: DistanceRow[] = [];
  for (const timeCase of [firstMedia, firstSmallFiles].filter(({ name }) => options.wants(name))) {
    console.error(`${timeCase.name}, near and far ...`);
    distance.push(await atDistance(cleanup, timeCase, options));
  }
  console.log(
    `Seconds at ${options.bitsPerSecond / 1_000_000} Mbit/s each way, scale ${options.scale}, programs' start included.\n`,
  );
  printLink(link);
  if (distance.length > 0) {
    console.log('');
    printDistance(distance);
  }
  writeFigures(options, { unit: 'seconds', scale: options.scale, bitsPerSecond: options.bitsPerSecond, link, distance });
});
