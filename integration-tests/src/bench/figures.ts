import type { ChunkerRates } from './chunker-rate.js';
import type { Effort } from './effort.js';

/** One thing that was measured, beside what another program took for as much. */
export interface FigureLine {
  readonly bench: string;
  readonly what: string;
  readonly unit: 's' | 'bytes' | 'bytes/s';
  readonly ours: number;
  /** Null: there is none to compare with. */
  readonly peer: string | null;
  /** Null where there is a peer: it was skipped, not being installed. */
  readonly theirs: number | null;
}

interface Entries {
  readonly figures: readonly {
    readonly what: string;
    readonly seconds: number;
    readonly wireBytes: number;
    readonly remotePeakBytes: number;
    readonly sourcePeakBytes: number;
    readonly rsyncSeconds: number | null;
    readonly hasPeer: boolean;
  }[];
}

interface Scan {
  readonly figures: readonly {
    readonly what: string;
    readonly peer: string;
    readonly seconds: number;
    readonly peerSeconds: number | null;
  }[];
  readonly chunkerBytesPerSecond: ChunkerRates | null;
}

interface Timed {
  readonly btsoot: Effort;
  readonly rsync: Effort | null;
}

type Line = Omit<FigureLine, 'bench'>;

/** How each benchmark's JSON is read, by the benchmark's name. */
export const linesOf: Readonly<Record<string, (json: never) => Line[]>> = {
  scan: ({ figures, chunkerBytesPerSecond }: Scan) => [
    ...figures.map(({ what, peer, seconds, peerSeconds }) => beside(what, 's', seconds, peer, peerSeconds)),
    ...(chunkerBytesPerSecond === null
      ? []
      : [
          alone('the chunker on one core', 'bytes/s', chunkerBytesPerSecond.cutting),
          alone("the chunker on one core, with each chunk's hash", 'bytes/s', chunkerBytesPerSecond.cuttingAndHashing),
        ]),
  ],
  entries: ({ figures }: Entries) =>
    figures.flatMap(({ what, seconds, wireBytes, remotePeakBytes, sourcePeakBytes, rsyncSeconds, hasPeer }) => [
      hasPeer ? beside(what, 's', seconds, 'rsync -an', rsyncSeconds) : alone(what, 's', seconds),
      alone(`${what}, on the wire`, 'bytes', wireBytes),
      alone(`${what}, the remote's peak`, 'bytes', remotePeakBytes),
      alone(`${what}, the source's peak`, 'bytes', sourcePeakBytes),
    ]),
  watch: ({ figures }: { figures: readonly { files: number; medianSeconds: number }[] }) =>
    figures.map(({ files, medianSeconds }) => alone(`one file written among ${files}, until it is durable`, 's', medianSeconds)),
  wire: ({ rows }: { rows: readonly { name: string; btsootBytes: number; rsyncBytes: number | null }[] }) =>
    rows.map(({ name, btsootBytes, rsyncBytes }) => beside(name, 'bytes', btsootBytes, 'rsync -z', rsyncBytes)),
  link: ({ link }: { link: readonly (Timed & { name: string })[] }) =>
    link.map(({ name, btsoot, rsync }) => beside(name, 's', btsoot.seconds, 'rsync -z', rsync?.seconds ?? null)),
  loopback: ({ kinds }: { kinds: readonly { name: string; timed: Timed }[] }) =>
    kinds.map(({ name, timed }) => beside(name, 's', timed.btsoot.seconds, 'rsync', timed.rsync?.seconds ?? null)),
  rate: ({ rows }: { rows: readonly { limit: number; least: number; most: number }[] }) =>
    rows.flatMap(({ limit, least, most }) => [
      beside('least in any 10 s', 'bytes/s', least, 'the limit', limit),
      beside('most in any 10 s', 'bytes/s', most, 'the limit', limit),
    ]),
  memory: ({ measured }: { measured: readonly { what: string; peakBytes: number }[] }) =>
    measured.map(({ what, peakBytes }) => alone(what, 'bytes', peakBytes)),
};

function alone(what: string, unit: Line['unit'], ours: number): Line {
  return { what, unit, ours, peer: null, theirs: null };
}

function beside(what: string, unit: Line['unit'], ours: number, peer: string, theirs: number | null): Line {
  return { what, unit, ours, peer, theirs };
}

/** The medians over several runs of the same benchmarks, in the order of the first. */
export function medians(runs: readonly (readonly FigureLine[])[]): FigureLine[] {
  return (runs[0] ?? []).map((line, at) => {
    const same = runs.flatMap((run) => run[at] ?? []);
    const theirs = same.flatMap((one) => one.theirs ?? []);
    return { ...line, ours: median(same.map(({ ours }) => ours)), theirs: theirs.length === 0 ? null : median(theirs) };
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
