import type { ChunkList } from '@btsoot/shared/delta/chunk-list.js';
import type { Segment } from '@btsoot/shared/delta/gap.js';
import type { Partial } from '@btsoot/shared/model/delivery.js';
import type { Outline } from './basis.js';
import type { Candidate } from './delivery.js';

/**
 * The outline with its first part taken from what an earlier delivery of the same content has left, so that the receiver
 * goes on with that file. As it was where nothing of that part would have to be sent.
 */
export function resumed(outline: Outline, partial: Partial, target: ChunkList): Outline {
  const count = target.ends.findLastIndex((end) => end <= partial.durableBytes) + 1;
  const durableBytes = target.ends[count - 1] ?? 0;
  const list = { ...target, ends: target.ends.subarray(0, count), hashes: target.hashes.subarray(0, 16 * count) };
  const rest = segmentsFrom(outline.segments, durableBytes);
  if (durableBytes === 0 || rest.isWithoutGapsBefore) return outline;
  const basis = outline.candidates.length;
  const candidate: Candidate = { basis: { content: partial.content, partial: true }, sizeBytes: partial.durableBytes, list };
  const copy: Segment = { kind: 'copy', basis, from: 0, lengthBytes: durableBytes };
  return { candidates: [...outline.candidates, candidate], segments: [copy, ...rest.segments] };
}

/** What lies behind a position. */
function segmentsFrom(all: readonly Segment[], position: number): { segments: Segment[]; isWithoutGapsBefore: boolean } {
  const segments: Segment[] = [];
  let isWithoutGapsBefore = true;
  let at = 0;
  for (const segment of all) {
    const cutBytes = Math.min(Math.max(position - at, 0), segment.lengthBytes);
    if (cutBytes > 0 && segment.kind === 'gap') isWithoutGapsBefore = false;
    if (cutBytes < segment.lengthBytes) segments.push(cutBytes === 0 ? segment : withoutStart(segment, cutBytes));
    at += segment.lengthBytes;
  }
  return { segments, isWithoutGapsBefore };
}

function withoutStart(segment: Segment, cutBytes: number): Segment {
  const lengthBytes = segment.lengthBytes - cutBytes;
  switch (segment.kind) {
    case 'copy':
      return { ...segment, from: segment.from + cutBytes, lengthBytes };
    case 'zeros':
      return { ...segment, lengthBytes };
    case 'gap':
      return { ...segment, position: segment.position + cutBytes, lengthBytes };
    default:
      return segment satisfies never;
  }
}
