import { encodeOps } from '@btsoot/shared/delta/ops.js';
import { type Delivery, type Partial, PLAIN_DELIVERY } from '@btsoot/shared/model/delivery.js';
import { type Content, contentKey } from '@btsoot/shared/model/entry.js';
import type { Plan, Step } from '@btsoot/shared/model/step.js';
import type { RemoteSession } from './remote-session.js';

/** The first minor version of the protocol in which a content can be read from anywhere in it. */
const MINOR_OF_OFFSETS = 2;

/**
 * What an earlier restore has of contents that a plan brings: how many bytes of each, by `contentKey`. The first step that brings
 * one takes it.
 */
export type Resumption = ReadonlyMap<string, number>;

/** @returns nothing where the remote can only send files from their beginning */
export async function findResumption(plan: Plan, partials: readonly Partial[], session: RemoteSession): Promise<Resumption> {
  const held = new Map(partials.map(({ content, durableBytes }) => [contentKey(content), durableBytes]));
  const found = new Map<string, number>();
  if (held.size === 0) return found;
  for (const { step } of plan.steps) {
    const bytes = heldOf(step, held);
    if (step.kind === 'put' && bytes > 0) found.set(contentKey(step.content), bytes);
  }
  if (found.size === 0) return found;
  const { protocolMinor } = await session.client.hello(session.lost);
  return protocolMinor >= MINOR_OF_OFFSETS ? found : new Map();
}

/** Goes through a plan's steps in order, and says of each how many bytes of what it brings are here; 0 for none. */
export class Resuming {
  readonly #left: Map<string, number>;

  constructor(resumption: Resumption) {
    this.#left = new Map(resumption);
  }

  take(step: Step): number {
    const bytes = heldOf(step, this.#left);
    if (step.kind === 'put') this.#left.delete(contentKey(step.content));
    return bytes;
  }
}

export function heldOf(step: Step, resumption: Resumption): number {
  return step.kind === 'put' ? (resumption.get(contentKey(step.content)) ?? 0) : 0;
}

/** The plan, with what it costs when what is here already is not fetched. */
export function withoutHeld(plan: Plan, resumption: Resumption): Plan {
  const heldBytes = [...resumption.values()].reduce((sum, bytes) => sum + bytes, 0);
  const { wireBytes, savedBytes } = plan.summary;
  return { ...plan, summary: { ...plan.summary, wireBytes: wireBytes - heldBytes, savedBytes: savedBytes + heldBytes } };
}

/** Announces a file that begins with what is here of it. */
export function resumedDelivery(content: Content): Delivery {
  return { ...PLAIN_DELIVERY, bases: [{ content, partial: true }] };
}

/** The ops that take what is here: nothing else comes before them. */
export function resumingOps(bytes: number): Buffer {
  return encodeOps([{ kind: 'copy', basis: 0, from: 0, lengthBytes: bytes }], 0);
}
