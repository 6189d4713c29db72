import type { Metrics } from '../harness/prometheus.js';
import { formatBytes, formatCount, printTable } from '../harness/table.js';
import type { Sample } from './sample.js';
import type { Soaked } from './soak.js';
import type { Block } from './stage.js';

export function printSoaked({ deeds, samples, before, after }: Soaked, blocks: readonly Block[]): void {
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
  console.log(`\ndone to them: ${[...deeds].map(([deed, count]) => `${formatCount(count)} ${deed}`).join(', ')}`);
  console.log('runs of the source agent in the second half, as its metrics count them:');
  for (const { name } of blocks) console.log(`  ${name}: ${runsOf(name, before, after)}`);
}

function row({ service, atMs, memoryBytes, heapBytes, descriptors, sockets }: Sample): string[] {
  const at = `${Math.round(atMs / 1000)} s`;
  return [service, at, formatBytes(memoryBytes), formatBytes(heapBytes), String(descriptors), String(sockets)];
}

function runsOf(block: string, before: Metrics, after: Metrics): string {
  const grown = (sample: string): number => after.value(sample) - before.value(sample);
  const runs = ['done', 'unchanged', 'partial', 'refused', 'failed', 'cancelled'].map((result) => {
    return `${formatCount(grown(`btsoot_runs_total{block="${block}",result="${result}"}`))} ${result}`;
  });
  const [sent, saved] = ['sent', 'saved'].map((what) => formatBytes(grown(`btsoot_${what}_bytes_total{block="${block}"}`)));
  return `${runs.join(', ')}; ${sent} sent, ${saved} saved`;
}
