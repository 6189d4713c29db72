import { readFileSync } from 'node:fs';

/** The most resident memory that a living process ever had, in bytes (Linux: VmHWM). */
export function peakMemoryBytes(pid: number): number {
  return statusField(pid, 'VmHWM');
}

/** The resident memory that a living process has now, in bytes. */
export function memoryBytes(pid: number): number {
  return statusField(pid, 'VmRSS');
}

function statusField(pid: number, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  if (found === null) throw new Error(`/proc/${pid}/status has no ${field}`);
  return Number(found[1]) * 1024;
}
