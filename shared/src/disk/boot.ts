import { readFileSync } from 'node:fs';

/**
 * Names the time since the machine was last started: what one process wrote, another one reads unharmed only within it.
 * Empty where the system does not say.
 */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
