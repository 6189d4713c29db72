import { BtsootError } from './errors.js';

const BITS_PER_BYTE = 8;
/** Below this, nothing comes to an end. */
const RATE_MIN_BYTES = 1_000;

const UNITS: Readonly<Record<string, number>> = {
  'B/s': 1,
  'kB/s': 1e3,
  'MB/s': 1e6,
  'GB/s': 1e9,
  'kbit/s': 1e3 / BITS_PER_BYTE,
  'Mbit/s': 1e6 / BITS_PER_BYTE,
  'Gbit/s': 1e9 / BITS_PER_BYTE,
};

/**
 * Reads a rate as people write it, such as "5 MB/s", in bytes per second.
 * @throws BtsootError of kind `invalid` whose message goes on from the name of the setting
 */
export function parseRate(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,6})?) ?([a-zA-Z/]+)$/.exec(text) ?? [];
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (factor === undefined) {
    throw new BtsootError('invalid', `cannot be "${text}": a rate is a number and one of ${Object.keys(UNITS).join(', ')}`, {
      hint: 'Write it as in "20 MB/s".',
    });
  }
  const rate = Number(number) * factor;
  if (rate < RATE_MIN_BYTES) throw new BtsootError('invalid', 'must be at least 1 kB/s', { hint: 'Write it as in "20 MB/s".' });
  return Math.round(rate);
}
