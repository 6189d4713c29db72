import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Metrics } from '../harness/prometheus.js';
import type { Random } from '../harness/random.js';
import { editAtRandom } from '../harness/random-edits.js';
import { assertMirrored } from '../harness/world.js';
import { type Sample, sampleInQuiet } from './sample.js';
import type { Service, Stage } from './stage.js';

export interface SoakOptions {
  /** Of changes; what the quiet points take comes on top. */
  readonly minutes: number;
  /** Quiet points of each half, its end one of them. */
  readonly points: number;
  readonly random: Random;
  readonly say: (line: string) => void;
}

export interface Soaked {
  /** How often what was done to the agents and their trees. */
  readonly deeds: ReadonlyMap<string, number>;
  /** Of the second half, in which no agent is started anew: what an agent has piled up shows. */
  readonly samples: readonly Sample[];
  /** Of the source agent, at the beginning and at the end of that half. */
  readonly before: Metrics;
  readonly after: Metrics;
}

const PAUSE_MAX_MS = 1_500;
const EDITS_AT_ONCE_MAX = 6;
/** A tree with more is thinned out: random copies grow without an end. */
const ENTRIES_MAX = 600;
/** So that a cut falls into a transfer, now and then. */
const CUT_WITHIN_BYTES = 400_000;

/**
 * Two halves of changes and cuts; in the first one the agents are stopped and killed, too. At each quiet point all mirrors must
 * equal their sources.
 */
export async function soak(stage: Stage, { minutes, points, random, say }: SoakOptions): Promise<Soaked> {
  const startedMs = performance.now();
  const nowMs = (): number => performance.now() - startedMs;
  const pointMs = (minutes * 60_000) / (2 * points);
  const deeds = new Map<string, number>();
  const count = (deed: string): void => void deeds.set(deed, (deeds.get(deed) ?? 0) + 1);
  const disturb = new Disturbance(stage, random, count);
  const quiet = async (): Promise<Sample[]> => {
    await comeToRest(stage);
    const samples = await sampleInQuiet(stage, nowMs);
    disturb.keepPast();
    say(
      `${Math.round(nowMs() / 1000)} s: all mirrors equal their sources; ${[...deeds].map((deed) => deed.join(' ')).join(', ')}`,
    );
    return samples;
  };
  const play = async (kinds: readonly Kind[]): Promise<void> => {
    for (const untilMs = nowMs() + pointMs; nowMs() < untilMs; ) {
      disturb.edit();
      await disturb.any(kinds);
      await pause(random.below(PAUSE_MAX_MS));
    }
  };
  const samples: Sample[] = [];
  for (let point = 0; point < points; point++) {
    await play(['nothing', 'cut', 'cut later', 'SIGTERM', 'SIGKILL']);
    samples.splice(0, samples.length, ...(await quiet()));
  }
  const before = await scrapeSource(stage);
  for (let point = 0; point < points; point++) {
    await play(['nothing', 'nothing', 'cut', 'cut later']);
    samples.push(...(await quiet()));
  }
  return { deeds, samples, before, after: await scrapeSource(stage) };
}

async function scrapeSource({ services }: Stage): Promise<Metrics> {
  return await Metrics.scrape((services[0] as Service).metricsPort);
}

/** Whoever asks for a sync now has all that was changed before on the mirrors. */
async function comeToRest({ source, blocks, proxies }: Stage): Promise<void> {
  for (const proxy of proxies) proxy.cutAt(Number.POSITIVE_INFINITY);
  await source.mustRun('sync', '--json');
  for (const { tree, mirror } of blocks) assertMirrored(tree, mirror);
}

type Kind = 'nothing' | 'cut' | 'cut later' | 'SIGTERM' | 'SIGKILL';

class Disturbance {
  readonly #stage: Stage;
  readonly #random: Random;
  readonly #count: (deed: string) => void;
  #deck: Kind[] = [];
  #pasts = 0;

  constructor(stage: Stage, random: Random, count: (deed: string) => void) {
    this.#stage = stage;
    this.#random = random;
    this.#count = count;
  }

  edit(): void {
    const { trees } = this.#stage;
    const tree = this.#pick(trees);
    this.#thinOut(tree);
    const past = this.#pasts === 0 ? [] : [this.#pastOf(tree)];
    for (let edits = 1 + this.#random.below(EDITS_AT_ONCE_MAX); edits > 0; edits--) {
      editAtRandom({ tree, random: this.#random, past });
      this.#count('edits');
    }
  }

  /** Each of the kinds comes before one comes again. */
  async any(kinds: readonly Kind[]): Promise<void> {
    if (!this.#deck.every((kind) => kinds.includes(kind))) this.#deck = [];
    if (this.#deck.length === 0) this.#deck = this.#random.shuffled(kinds);
    const kind = this.#deck.pop() ?? 'nothing';
    switch (kind) {
      case 'nothing':
        return;
      case 'cut':
        this.#pick(this.#stage.proxies).cut();
        break;
      case 'cut later': {
        const proxy = this.#pick(this.#stage.proxies);
        proxy.reset();
        proxy.cutAt(1 + this.#random.below(CUT_WITHIN_BYTES));
        break;
      }
      case 'SIGTERM':
      case 'SIGKILL': {
        const service = this.#pick(this.#stage.services);
        await service.stop(kind);
        await service.start();
        break;
      }
      default:
        kind satisfies never;
    }
    this.#count(kind);
  }

  /** What is in the trees now may come back. */
  keepPast(): void {
    this.#pasts++;
    for (const tree of this.#stage.trees) {
      rmSync(this.#pastOf(tree), { recursive: true, force: true });
      cpSync(tree, this.#pastOf(tree), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    }
  }

  #pastOf(tree: string): string {
    return `${tree}-as-it-was`;
  }

  #thinOut(tree: string): void {
    while (readdirSync(tree, { recursive: true }).length > ENTRIES_MAX) {
      const name = this.#pick(readdirSync(tree).filter((one) => one !== 'bystander'));
      rmSync(join(tree, name), { recursive: true });
      this.#count('thinned out');
    }
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)] as T;
  }
}
