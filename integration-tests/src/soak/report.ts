import type { Metrics } from '../harness/prometheus.js';
import { formatBytes, formatCount, printTable } from '../harness/table.js';
import type { Contest } from './contest.js';
import { runsSample } from './runs.js';
import type { Sample } from './sample.js';
import type { Soaked } from './soak.js';
import type { Block } from './stage.js';

export function printSoaked({ blocks, notes, samples, before, after }: Soaked): void {
  printTable(
    [
      { title: 'agent', align: 'left' },
      { title: 'at', align: 'right' },
      { title: 'resident', align: 'right' },
      { title: 'heap', align: 'right' },
      { title: 'descriptors', align: 'right' },
      { title: 'sockets', align: 'right' },
    ],
    samples.toSorted((a, b) => a.service.localeCompare(b.service) || a.atMs - b.atMs).map(row),
  );
  console.log(`\ndone to them: ${notes.summary()}`);
  if (notes.contests.length > 0) printContests(notes.contests);
  console.log('runs in the second half, as the metrics of the source agents count them:');
  for (const block of blocks) {
    const [first, last] = [before.get(block.source), after.get(block.source)];
    if (first !== undefined && last !== undefined) console.log(`  ${block.source} ${block.name}: ${runsOf(block, first, last)}`);
  }
}

function row({ service, atMs, memoryBytes, heapBytes, descriptors, sockets }: Sample): string[] {
  const at = `${Math.round(atMs / 1000)} s`;
  return [service, at, formatBytes(memoryBytes), formatBytes(heapBytes), String(descriptors), String(sockets)];
}

function printContests(contests: readonly Contest[]): void {
  const sources = [...(contests[0]?.bytes.keys() ?? [])];
  console.log('\nshares of what all sources sent while each of them had something to send; fairness is 1 where all are the same');
  printTable(
    [
      { title: 'for', align: 'left' },
      ...sources.map((title) => ({ title, align: 'right' }) as const),
      { title: 'of', align: 'right' },
      { title: 'fairness', align: 'right' },
    ],
    contests.map(({ pace, bytes, fairness }) => {
      const total = [...bytes.values()].reduce((sum, one) => sum + one, 0);
      const shares = [...bytes.values()].map((one) => `${((100 * one) / total).toFixed(1)} %`);
      return [`the ${pace}`, ...shares, formatBytes(total), fairness.toFixed(3)];
    }),
  );
  console.log('');
}

function runsOf(block: Block, before: Metrics, after: Metrics): string {
  const grown = (sample: string): number => after.value(sample) - before.value(sample);
  const runs = ['done', 'unchanged', 'partial', 'refused', 'failed', 'cancelled'].map((result) => {
    return `${formatCount(grown(runsSample(block, result)))} ${result}`;
  });
  const [sent, saved] = ['sent', 'saved'].map((what) => formatBytes(grown(`btsoot_${what}_bytes_total{block="${block.name}"}`)));
  return `${runs.join(', ')}; ${sent} sent, ${saved} saved`;
}
