import { type ChunkList, listDigest } from '@btsoot/shared/delta/chunk-list.js';
import { encodeLayout } from '@btsoot/shared/delta/layout.js';
import type { Op } from '@btsoot/shared/delta/op.js';
import type { Basis, Delivery } from '@btsoot/shared/model/delivery.js';
import { sameContent } from '@btsoot/shared/model/entry.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { FileStep } from '@btsoot/shared/model/step.js';

/** What the remote holds, and its chunk list where both sides know it. */
export interface Candidate {
  readonly basis: Basis;
  /** Of a partial: what of it is durable. */
  readonly sizeBytes: number;
  readonly list: ChunkList | null;
}

/** A put that can be sent: how its bytes come, and which they are. */
export interface Prepared {
  readonly delivery: Delivery;
  /** What of the layout did not fit into the delivery, by frames. */
  readonly layoutRest: readonly Buffer[];
  readonly ops: readonly Op[];
}

/** Every byte of it is sent. */
export function wholeDelivery(step: FileStep, target: ChunkList | null): Prepared {
  return prepareDelivery(step, target, [], [{ kind: 'literal', lengthBytes: step.content.sizeBytes }]);
}

/** @param ops whose copies name candidates by index. Candidates that none of them names are left out. */
export function prepareDelivery(
  step: FileStep,
  target: ChunkList | null,
  candidates: readonly Candidate[],
  ops: readonly Op[],
): Prepared {
  const used = [...new Set(ops.flatMap((op) => (op.kind === 'copy' ? [op.basis] : [])))].sort((a, b) => a - b);
  const bases = used.map((index) => candidates[index] as Candidate);
  const renumbered = ops.map((op) => (op.kind === 'copy' ? { ...op, basis: used.indexOf(op.basis) } : op));
  const layout =
    target === null
      ? Buffer.alloc(0)
      : encodeLayout(
          target,
          bases.map(({ list }) => list),
        );
  const delivery: Delivery = {
    bases: bases.map(({ basis }) => basis),
    positional: isPositional(step, bases, renumbered),
    chunksDigest: target === null ? null : listDigest(target),
    layout: layout.subarray(0, limits.layoutInPutMaxBytes),
  };
  const layoutRest: Buffer[] = [];
  for (let at = limits.layoutInPutMaxBytes; at < layout.length; at += limits.frameSizeMaxBytes) {
    layoutRest.push(layout.subarray(at, at + limits.frameSizeMaxBytes));
  }
  return { delivery, layoutRest, ops: renumbered };
}

/** As `Delivery.positional` says. */
function isPositional({ replaces }: FileStep, bases: readonly Candidate[], ops: readonly Op[]): boolean {
  const first = bases[0]?.basis;
  if (first === undefined || first.partial || !sameContent(first.content, replaces?.content ?? null)) return false;
  let position = 0;
  let changedBytes = 0;
  let ranges = 0;
  let isInRange = false;
  for (const op of ops) {
    const isCopy = op.kind === 'copy';
    if (isCopy && (op.basis !== 0 || op.from !== position)) return false;
    if (!isCopy) {
      changedBytes += op.lengthBytes;
      if (!isInRange) ranges++;
    }
    isInRange = !isCopy;
    position += op.lengthBytes;
  }
  return changedBytes <= limits.inPlaceChangeMaxBytes && ranges <= limits.inPlaceRangesMax;
}
