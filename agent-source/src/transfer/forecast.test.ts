import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Forecast } from './forecast.js';

const MB = 1_000_000;

test('what is left is what the plan expects, and shrinks as what was sent did', () => {
  const forecast = new Forecast(100 * MB);
  assert.equal(forecast.totalBytes(), 100 * MB);
  forecast.began(60 * MB);
  forecast.sent(500_000, 250_000);
  assert.equal(forecast.totalBytes(), 99_750_000);
  forecast.sent(9_500_000, 4_750_000);
  assert.equal(forecast.totalBytes(), 50 * MB);
  assert.equal(forecast.sentBytes, 5 * MB);
});

test('a file that needs less than expected, and one that is not sent at all, are through', () => {
  const forecast = new Forecast(100 * MB);
  forecast.began(60 * MB);
  forecast.sent(2 * MB, 2 * MB);
  forecast.settled(30 * MB);
  forecast.began(10 * MB);
  assert.equal(forecast.totalBytes(), 12 * MB);
  forecast.sent(11 * MB, 11 * MB);
  assert.equal(forecast.totalBytes(), 13 * MB);
});
