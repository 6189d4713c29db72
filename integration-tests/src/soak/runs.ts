import { Metrics } from '../harness/prometheus.js';
import { type Block, type Stage, serviceOf } from './stage.js';

/** Runs of each block since its source agent began, in the order of the stage's blocks. */
export interface Runs {
  /** That ended with the remote equal to the source. */
  readonly good: number;
  readonly failed: number;
}

export async function runsOf(stage: Stage): Promise<Runs[]> {
  const pages = await scrapeSources(stage);
  return stage.blocks.map((block) => {
    const count = (result: string): number => pages.get(block.source)?.value(runsSample(block, result)) ?? 0;
    return { good: count('done') + count('unchanged'), failed: count('failed') };
  });
}

/** By the sources' names. */
export async function scrapeSources(stage: Stage): Promise<ReadonlyMap<string, Metrics>> {
  const names = [...stage.sources.keys()];
  const pages = await Promise.all(names.map((name) => Metrics.scrape(serviceOf(stage, name).metricsPort)));
  return new Map(names.map((name, index) => [name, pages[index] as Metrics]));
}

export function runsSample({ name }: Block, result: string): string {
  return `btsoot_runs_total{block="${name}",result="${result}"}`;
}
