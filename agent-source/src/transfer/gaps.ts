import { CUT_SPREAD } from '@btsoot/shared/delta/cut.js';
import type { Gap, KnownBasis, Segment } from '@btsoot/shared/delta/gap.js';
import { Matcher, type Source } from '@btsoot/shared/delta/matcher.js';
import type { Op } from '@btsoot/shared/delta/op.js';
import { probe, type Window } from '@btsoot/shared/delta/probe.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { SourceFile } from '../source-file.js';

/** How much of a large gap's ends is looked at; with large chunks, two of the longest. */
const WINDOW_MIN_BYTES = 1024 * 1024;
const WINDOW_MAX_BYTES = 8 * 1024 * 1024;

/** The segments with what of the gaps turns out, by a look at the file, to be old chunks. */
export async function probed(
  segments: readonly Segment[],
  bases: readonly KnownBasis[],
  file: SourceFile,
  signal: AbortSignal,
): Promise<Segment[]> {
  const found: Segment[] = [];
  for (const segment of segments) {
    signal.throwIfAborted();
    if (segment.kind !== 'gap' || !isProbeable(segment, bases)) found.push(segment);
    else found.push(...probe(segment, bases, await windowsOf(segment, bases, file)));
  }
  return found;
}

function edgeLists({ before, after }: Gap, bases: readonly KnownBasis[]) {
  return [before, after].flatMap((edge) => (edge === null ? [] : (bases[edge.basis]?.list ?? [])));
}

function isProbeable(gap: Gap, bases: readonly KnownBasis[]): boolean {
  return edgeLists(gap, bases).length > 0;
}

async function windowsOf(gap: Gap, bases: readonly KnownBasis[], file: SourceFile): Promise<Window[]> {
  const longestBytes = Math.max(...edgeLists(gap, bases).map(({ averageBytes }) => averageBytes * CUT_SPREAD));
  const windowBytes = Math.min(Math.max(2 * longestBytes, WINDOW_MIN_BYTES), WINDOW_MAX_BYTES);
  const window = async (position: number, lengthBytes: number): Promise<Window> => ({
    position,
    bytes: await file.read(position, lengthBytes),
  });
  if (gap.lengthBytes <= 2 * windowBytes) return [await window(gap.position, gap.lengthBytes)];
  const end = gap.position + gap.lengthBytes;
  return [await window(gap.position, windowBytes), await window(end - windowBytes, windowBytes)];
}

/** A gap's bytes in terms of the blocks that the remote has described. */
export async function matched(gap: Gap, sources: readonly Source[], file: SourceFile, signal: AbortSignal): Promise<Op[]> {
  const matcher = new Matcher(sources);
  const ops: Op[] = [];
  const end = gap.position + gap.lengthBytes;
  for (let at = gap.position; at < end; at += limits.frameSizeMaxBytes) {
    signal.throwIfAborted();
    ops.push(...matcher.push(await file.read(at, Math.min(limits.frameSizeMaxBytes, end - at))));
  }
  return [...ops, ...matcher.finish()];
}
