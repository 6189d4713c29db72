import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatCount, tableLines } from './table.js';

test('a table is as wide as its widest cells', () => {
  const columns = [
    { title: 'what', align: 'left' },
    { title: 'bytes', align: 'right' },
  ] as const;
  assert.deepEqual(
    tableLines(columns, [
      ['a', '1'],
      ['a long one', '1,000,000'],
    ]),
    ['what            bytes', '----------  ---------', 'a                   1', 'a long one  1,000,000'],
  );
});

test('numbers for people', () => {
  assert.equal(formatCount(1_234_567), '1,234,567');
  assert.deepEqual([0, 999, 1_000, 4_100, 2_000_000, 5e15].map(formatBytes), [
    '0 B',
    '999 B',
    '1.0 kB',
    '4.1 kB',
    '2.0 MB',
    '5000.0 TB',
  ]);
});
