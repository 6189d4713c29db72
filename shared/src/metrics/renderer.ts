import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Family } from './family.js';

/**
 * Prometheus' text format of what `read` tells, and of the process: memory, descriptors, lag of the event loop. Each is made
 * anew for each page, so that what has gone is on none.
 */
export function makeRenderer(read: () => Promise<readonly Family[]>): () => Promise<string> {
  const ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  return async () => {
    const page = new Registry();
    for (const family of await read()) add(page, family);
    return `${await page.metrics()}${await ofProcess.metrics()}`;
  };
}

function add(page: Registry, { name, kind, help, samples }: Family): void {
  const labelNames = [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))];
  const options = { name, help, labelNames, registers: [page] };
  if (kind === 'counter') {
    const counter = new Counter(options);
    for (const { labels, value } of samples) counter.inc(labels, value);
  } else {
    const gauge = new Gauge(options);
    for (const { labels, value } of samples) gauge.set(labels, value);
  }
}
