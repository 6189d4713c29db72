import { encodeOps } from '@btsoot/shared/delta/ops.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { PlannedStep, Step } from '@btsoot/shared/model/step.js';
import type { ApplyOrder, StepWithData } from '@btsoot/shared/wire/convert.js';
import { pathOfStep } from '../step-path.js';
import { type Piece, splitPiece } from './pieces.js';

/** What is to be sent next, before anything is compressed. */
export type Load =
  | Batch
  | { readonly kind: 'layout'; readonly bytes: Buffer }
  | { readonly kind: 'piece'; readonly piece: Piece }
  | { readonly kind: 'withdraw'; readonly message: string };

export interface Batch {
  readonly kind: 'batch';
  readonly items: readonly BatchItem[];
}

export interface BatchItem extends StepWithData {
  readonly planned: PlannedStep;
}

/** One message, and what it brings. */
export interface Frame {
  readonly order: ApplyOrder;
  readonly planned: readonly PlannedStep[];
  /** Content bytes in it, before and after compression. */
  readonly rawBytes: number;
  readonly wireBytes: number;
  /** What else there is in it, about. */
  readonly overheadBytes: number;
}

export interface Packer {
  /** `sizeBytes` is what `bytes` unpacks to, 0 where it did not shrink and is as it was. */
  pack(raw: Buffer): Promise<{ readonly bytes: Buffer; readonly sizeBytes: number }>;
}

const MESSAGE_OVERHEAD_BYTES = 64;
/** What a step takes beside its paths, its extended attributes, its delivery and its file's bytes, generously. */
const STEP_OVERHEAD_BYTES = 128;
const BASIS_OVERHEAD_BYTES = 40;

/** What a step takes on the wire beside its file's bytes, generously. */
export function stepBytes({ step, delivery }: StepWithData): number {
  const namesBytes = pathOfStep(step).length + secondPathBytes(step);
  const ownBytes = STEP_OVERHEAD_BYTES + namesBytes + ('meta' in step ? step.meta.xattrs.length : 0);
  return delivery === null ? ownBytes : ownBytes + delivery.layout.length + delivery.bases.length * BASIS_OVERHEAD_BYTES;
}

function secondPathBytes(step: Step): number {
  switch (step.kind) {
    case 'move':
      return step.from.area === 'tree' ? step.from.path.length : 0;
    case 'link':
      return step.target.length;
    case 'hard-link':
      return step.existing.length;
    default:
      return 0;
  }
}

/** Makes messages of a load: one where it shrinks, else as many as frames of plain bytes take. */
export async function framesOf(load: Load, packer: Packer): Promise<Frame[]> {
  switch (load.kind) {
    case 'batch':
      return await batchFrames(load, packer);
    case 'piece':
      return await pieceFrames(load.piece, packer);
    case 'layout':
      return [plainOrder(load, load.bytes.length)];
    case 'withdraw':
      return [plainOrder(load, load.message.length)];
    default:
      return load satisfies never;
  }
}

function plainOrder(order: ApplyOrder, bytes: number): Frame {
  return { order, planned: [], rawBytes: 0, wireBytes: 0, overheadBytes: MESSAGE_OVERHEAD_BYTES + bytes };
}

async function batchFrames({ items }: Batch, packer: Packer): Promise<Frame[]> {
  const contents = items.flatMap(({ inline }) => (inline === null ? [] : [inline]));
  const raw = contents.length === 1 ? (contents[0] as Buffer) : Buffer.concat(contents);
  if (raw.length === 0) return [stepsFrame(items, null)];
  const { bytes, sizeBytes } = await packer.pack(raw);
  if (sizeBytes > 0) return [stepsFrame(items, { bytes, sizeBytes })];
  return plainBatches(items).map((batch) => stepsFrame(batch, null));
}

function stepsFrame(items: readonly BatchItem[], packed: { readonly bytes: Buffer; readonly sizeBytes: number } | null): Frame {
  const rawBytes = items.reduce((sum, { inline }) => sum + (inline?.length ?? 0), 0);
  return {
    order: { kind: 'steps', steps: items, packed },
    planned: items.map(({ planned }) => planned),
    rawBytes,
    wireBytes: packed?.bytes.length ?? rawBytes,
    overheadBytes: items.reduce((sum, item) => sum + stepBytes(item), MESSAGE_OVERHEAD_BYTES),
  };
}

/** Batches with up to a frame of inline bytes each. */
function plainBatches(items: readonly BatchItem[]): BatchItem[][] {
  const batches: BatchItem[][] = [];
  let last: BatchItem[] = [];
  let lastBytes = 0;
  for (const item of items) {
    const sizeBytes = item.inline?.length ?? 0;
    if (last.length === 0 || lastBytes + sizeBytes > limits.frameSizeMaxBytes) {
      last = [];
      lastBytes = 0;
      batches.push(last);
    }
    last.push(item);
    lastBytes += sizeBytes;
  }
  return batches;
}

async function pieceFrames(piece: Piece, packer: Packer): Promise<Frame[]> {
  if (piece.literals.length === 0) return [patchFrame(piece, piece.literals, 0)];
  const { bytes, sizeBytes } = await packer.pack(piece.literals);
  if (sizeBytes > 0) return [patchFrame(piece, bytes, sizeBytes)];
  return splitPiece(piece, limits.frameSizeMaxBytes).map(plainFrame);
}

function plainFrame(piece: Piece): Frame {
  const { ops, literals } = piece;
  const isData = ops.length === 1 && ops[0]?.kind === 'literal';
  if (!isData) return patchFrame(piece, literals, 0);
  return contentFrame({ kind: 'data', bytes: literals }, literals.length, literals.length, 0);
}

function patchFrame({ ops, position, literals }: Piece, bytes: Buffer, literalsSizeBytes: number): Frame {
  const order = { kind: 'patch', ops: encodeOps(ops, position), literals: bytes, literalsSizeBytes } as const;
  return contentFrame(order, literals.length, bytes.length, order.ops.length);
}

function contentFrame(order: ApplyOrder, rawBytes: number, wireBytes: number, opsBytes: number): Frame {
  return { order, planned: [], rawBytes, wireBytes, overheadBytes: MESSAGE_OVERHEAD_BYTES + opsBytes };
}
