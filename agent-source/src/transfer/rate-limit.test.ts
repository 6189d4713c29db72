import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import fc from 'fast-check';
import { limiterFor, RateBucket, type RateClock, RateLimiter } from './rate-limit.js';
import { ALL_DAYS, type RatePeriod, type RateTimetable } from './timetable.js';

const NEVER = new AbortController().signal;
const always = (bytesPerSecond: number): RateTimetable => [{ days: ALL_DAYS, fromMinute: 0, toMinute: 1440, bytesPerSecond }];

/** Time that passes only while somebody sleeps, and then a bit longer than was asked for, as timers do. */
class TestClock implements RateClock {
  readonly #oversleptMs: number;
  readonly #start: Date;
  #ms = 0;

  constructor(oversleptMs = 0, start = new Date(2026, 10, 23, 12)) {
    this.#oversleptMs = oversleptMs;
    this.#start = start;
  }

  monotonicMs(): number {
    return this.#ms;
  }

  now(): Date {
    return new Date(this.#start.getTime() + this.#ms);
  }

  async sleep(ms: number): Promise<void> {
    this.pass(ms + this.#oversleptMs);
  }

  pass(ms: number): void {
    this.#ms += ms;
  }
}

interface Sent {
  readonly atMs: number;
  readonly bytes: number;
}

async function sendFor(
  limiter: RateLimiter,
  clock: TestClock,
  forMs: number,
  sizeOf: (index: number) => number,
): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (let index = 0; clock.monotonicMs() < forMs; index += 1) {
    const bytes = sizeOf(index);
    await limiter.take(bytes);
    sent.push({ atMs: clock.monotonicMs(), bytes });
  }
  return sent;
}

/** The most and the least that went in any 10 s which begin with a message. */
function extremes(sent: readonly Sent[]): { most: number; least: number } {
  const lastMs = sent.at(-1)?.atMs ?? 0;
  const sums = sent
    .filter(({ atMs }) => atMs + 10_000 <= lastMs)
    .map(({ atMs }) => sent.reduce((sum, one) => (one.atMs >= atMs && one.atMs < atMs + 10_000 ? sum + one.bytes : sum), 0));
  return { most: Math.max(...sums), least: Math.min(...sums) };
}

test('any 10 s are within 5 % of the rate, whatever the messages and however late timers are', async () => {
  const cases = fc.record({
    rate: fc.integer({ min: 1_000, max: 500_000_000 }),
    oversleptMs: fc.integer({ min: 0, max: 150 }),
    shares: fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ rate, oversleptMs, shares }) => {
      const clock = new TestClock(oversleptMs);
      const limiter = new RateLimiter(always(rate), { signal: NEVER, clock });
      const most = limiter.messageMaxBytes;
      const sizeOf = (index: number) => Math.max(1, Math.floor(most * (shares[index % shares.length] ?? 1)));
      const found = extremes(await sendFor(limiter, clock, 25_000, sizeOf));
      assert.ok(found.most <= rate * 10 * 1.05, `${found.most} of ${rate * 10}`);
      assert.ok(found.least >= rate * 10 * 0.95, `${found.least} of ${rate * 10}`);
    }),
    { numRuns: 60 },
  );
});

test('a pause is not made up for', async () => {
  const clock = new TestClock();
  const limiter = new RateLimiter(always(1_000_000), { signal: NEVER, clock });
  await limiter.take(1);
  clock.pass(3_600_000);
  const begun = clock.monotonicMs();
  for (let index = 0; index < 100; index += 1) await limiter.take(100_000);
  const tookMs = clock.monotonicMs() - begun;
  assert.ok(tookMs >= 9_500 && tookMs <= 10_000, `${tookMs} ms`);
});

test('a message above the bucket goes at once, and the next one waits for it', async () => {
  const clock = new TestClock();
  const limiter = new RateLimiter(always(1_000), { signal: NEVER, clock });
  await limiter.take(60_000);
  assert.equal(clock.monotonicMs(), 0);
  await limiter.take(1);
  assert.equal(Math.round(clock.monotonicMs()), 60_000);
});

test('the rate changes with the timetable, also while a message waits', async () => {
  const periods: RatePeriod[] = [
    { days: ALL_DAYS, fromMinute: 12 * 60, toMinute: 12 * 60 + 1, bytesPerSecond: 1_000 },
    { days: ALL_DAYS, fromMinute: 12 * 60, toMinute: 12 * 60 + 2, bytesPerSecond: 100_000 },
  ];
  const clock = new TestClock();
  const limiter = new RateLimiter(periods, { signal: NEVER, clock });
  await limiter.take(1_000_000);
  await limiter.take(1);
  // 60 s at 1 kB/s, the rest at 100 kB/s.
  assert.ok(Math.abs(clock.monotonicMs() - 69_400) < 1_100, `${clock.monotonicMs()} ms`);
  clock.pass(60_000);
  assert.equal(limiter.messageMaxBytes, Number.POSITIVE_INFINITY);
  const before = clock.monotonicMs();
  for (let index = 0; index < 10; index += 1) await limiter.take(1_000_000_000);
  assert.equal(clock.monotonicMs(), before);
});

test('two that send on one link share its rate', async () => {
  const clock = new TestClock();
  const bucket = new RateBucket();
  const limiters = [0, 1].map(() => new RateLimiter(always(1_000_000), { signal: NEVER, clock, bucket }));
  let bytes = 0;
  const send = async (limiter: RateLimiter): Promise<void> => {
    while (clock.monotonicMs() < 10_000) {
      await limiter.take(50_000);
      bytes += 50_000;
    }
  };
  await Promise.all(limiters.map(send));
  assert.ok(bytes >= 9_500_000 && bytes <= 10_500_000, `${bytes} bytes`);
});

test('a signal ends the wait, with its reason', async () => {
  const stop = new AbortController();
  const limiter = new RateLimiter(always(1), { signal: stop.signal });
  await limiter.take(1_000_000);
  const waiting = limiter.take(1);
  const reason = new BtsootError('unreachable', 'the link is down');
  stop.abort(reason);
  await assert.rejects(waiting, reason);
  await assert.rejects(limiter.take(1), reason);

  const plain = new AbortController();
  const other = new RateLimiter(always(1), { signal: plain.signal });
  await other.take(10);
  const cut = other.take(1);
  plain.abort();
  await assert.rejects(cut, { kind: 'cancelled' });
});

test('a remote without a limit has no limiter', () => {
  assert.equal(limiterFor({ name: 'pi', rateLimit: null }, NEVER), null);
  assert.ok(limiterFor({ name: 'pi', rateLimit: always(1_000) }, NEVER) instanceof RateLimiter);
});
