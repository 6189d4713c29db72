import type { Basis, Delivery, Partial } from '../model/delivery.js';
import { type Content, sameContent } from '../model/entry.js';
import { limits } from '../model/limits.js';
import type { FileStep } from '../model/step.js';
import { contentFromWire, contentToWire } from './convert-entry.js';
import { atMost, hex16, integer, invalid, required } from './fields.js';
import type {
  WireBasis,
  WireBasis__Output,
  WireDelivery,
  WireDelivery__Output,
  WirePartial,
  WirePartial__Output,
} from './messages.js';

export function basisToWire({ content, partial }: Basis): WireBasis {
  return { content: contentToWire(content), partial };
}

export function basisFromWire(wire: WireBasis__Output | null | undefined): Basis {
  const basis = required(wire, 'a basis');
  return { content: contentFromWire(basis.content), partial: basis.partial };
}

export function deliveryToWire({ bases, positional, chunksDigest, layout }: Delivery): WireDelivery {
  const delivery = { bases: bases.map(basisToWire), positional };
  return chunksDigest === null ? delivery : { ...delivery, chunksDigest: Buffer.from(chunksDigest, 'hex'), layout };
}

/** How the bytes of this put come. What the layout says is not looked at here. */
export function deliveryFromWire(wire: WireDelivery__Output, put: FileStep): Delivery {
  const bases = atMost(wire.bases, limits.basesPerFileMax, 'bases of a file').map(basisFromWire);
  if (wire.positional) requireReplacedBasis(bases[0], put.replaces?.content ?? null);
  const chunksDigest = wire.chunksDigest.length === 0 ? null : hex16(wire.chunksDigest, "a chunk list's digest");
  const { layout } = wire;
  if (layout.length > limits.layoutInPutMaxBytes) throw invalid(`a put holds ${layout.length} bytes of layout, over the limit`);
  if (chunksDigest === null && layout.length > 0) throw invalid('a put holds the layout of a chunk list that has no digest');
  return { bases, positional: wire.positional, chunksDigest, layout };
}

function requireReplacedBasis(basis: Basis | undefined, replaced: Content | null): void {
  if (basis !== undefined && !basis.partial && replaced !== null && sameContent(basis.content, replaced)) return;
  throw invalid('a positional delivery whose first basis is not the content that it replaces');
}

export function partialToWire({ content, durableBytes }: Partial): WirePartial {
  return { content: contentToWire(content), durableBytes };
}

export function partialFromWire(wire: WirePartial__Output): Partial {
  const content = contentFromWire(wire.content);
  return { content, durableBytes: integer(wire.durableBytes, "a partial's length", 1, content.sizeBytes - 1) };
}
