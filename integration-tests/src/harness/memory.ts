import { readFileSync } from 'node:fs';

/** The most resident memory that a living process ever had, in bytes (Linux: VmHWM). */
export function peakMemoryBytes(pid: number): number {
  return statusField(pid, 'VmHWM');
}

/** The resident memory that a living process has now, in bytes. */
export function memoryBytes(pid: number): number {
  return statusField(pid, 'VmRSS');
}

const TELL_PEAK = 'process.on("exit",()=>console.error("peak", process.resourceUsage().maxRSS, "kB"))';

/** An environment in which each of our processes tells its peak when it ends, as the kernel kept it: for `toldPeakBytes`. */
export const tellingPeak: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(TELL_PEAK)}`,
};

/** The most resident memory of those whose output this is; 0 where none of them told it. */
export function toldPeakBytes(output: string): number {
  return Math.max(0, ...[...output.matchAll(/^peak (\d+) kB$/gm)].map(([, kilobytes]) => Number(kilobytes) * 1024));
}

function statusField(pid: number, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  if (found === null) throw new Error(`/proc/${pid}/status has no ${field}`);
  return Number(found[1]) * 1024;
}
