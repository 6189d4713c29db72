import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GUESSED_LINK, type LinkRate, type LinkWindow, nextLinkRate } from './link-rate.js';

const KNOWN: LinkRate = { bytesPerMs: 50_000, known: true, sentBytes: 0 };

function after(rate: LinkRate, windows: number, window: Partial<LinkWindow>): LinkRate {
  let at = rate;
  for (let count = 0; count < windows; count += 1) {
    at = nextLinkRate(at, { elapsedMs: 250, waitedMs: 0, sentBytes: 250_000, packingMs: 0, ...window });
  }
  return at;
}

test('what was waited for shows the rate, at once the first time, soon later', () => {
  assert.deepEqual(after(GUESSED_LINK, 1, { waitedMs: 250 }), { bytesPerMs: 1_000, known: true, sentBytes: 250_000 });
  assert.ok(Math.abs(after(KNOWN, 12, { waitedMs: 250 }).bytesPerMs - 1_000) < 5);
  assert.ok(Math.abs(after(KNOWN, 12, { waitedMs: 125, sentBytes: 25_000_000 }).bytesPerMs - 200_000) < 200);
});

test('a short wait is no sign of the rate, nor is a wait with nothing sent', () => {
  assert.equal(after(GUESSED_LINK, 4, { waitedMs: 20 }).known, false);
  assert.equal(after(GUESSED_LINK, 4, { waitedMs: 250, sentBytes: 0 }).known, false);
});

test('what buffers may have swallowed says nothing of the link', () => {
  const bytesPerMs = (windows: number) => after(GUESSED_LINK, windows, { packingMs: 500, sentBytes: 250_000 }).bytesPerMs;
  assert.equal(bytesPerMs(8), GUESSED_LINK.bytesPerMs);
  assert.ok(bytesPerMs(10) > 4 * GUESSED_LINK.bytesPerMs);
});

test('while compressing holds things up the link is taken for faster: a guess quickly, what is known slowly', () => {
  const sentBytes = 4_000_000;
  assert.ok(after(GUESSED_LINK, 4, { packingMs: 250, sentBytes }).bytesPerMs > 100 * GUESSED_LINK.bytesPerMs);
  const later = after(KNOWN, 16, { packingMs: 500 }).bytesPerMs;
  assert.ok(later > 1.9 * KNOWN.bytesPerMs && later < 2.1 * KNOWN.bytesPerMs);
  assert.ok(Number.isFinite(after(KNOWN, 10_000, { packingMs: 250 }).bytesPerMs));
});

test('while nothing is waited for it sinks slowly, but not below the guess', () => {
  const later = after(KNOWN, 120, {}).bytesPerMs;
  assert.ok(later > 0.45 * KNOWN.bytesPerMs && later < 0.55 * KNOWN.bytesPerMs);
  assert.equal(after(KNOWN, 10_000, {}).bytesPerMs, GUESSED_LINK.bytesPerMs);
  const slow = { bytesPerMs: 100, known: true, sentBytes: 0 };
  assert.equal(after(slow, 100, {}).bytesPerMs, 100);
});
