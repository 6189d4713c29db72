import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's young generation at its initial size, for this process, from now on. A stream of data makes few objects but
 * large buffers behind them; in a young generation that grows to its usual 16 MB, the buffers of a gigabyte lie about
 * before it is swept once. Swept early, they die young. Measured on receiving 300 MB: 92 MB of peak memory, else 400.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
