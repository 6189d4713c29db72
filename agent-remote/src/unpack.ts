import { promisify } from 'node:util';
import { brotliDecompress as decompressCallback } from 'node:zlib';
import { peerFault } from '@btsoot/shared/model/errors.js';
import { type ArrivedOrder, type Packed, type StepWithData, unpackSteps } from '@btsoot/shared/wire/convert.js';

const brotliDecompress = promisify(decompressCallback);

/** An order with all its bytes as they are. */
export type WholeOrder =
  | Exclude<ArrivedOrder, { kind: 'steps' | 'patch' }>
  | { readonly kind: 'steps'; readonly steps: readonly StepWithData[] }
  | { readonly kind: 'patch'; readonly ops: Buffer; readonly literals: Buffer };

/** @throws BtsootError of kind `invalid` where something in it does not unpack to what it says. */
export async function unpackOrder(order: ArrivedOrder): Promise<WholeOrder> {
  switch (order.kind) {
    case 'steps': {
      const unpacked = order.packed === null ? null : await unpack(order.packed);
      return { kind: 'steps', steps: unpackSteps(order.steps, unpacked) };
    }
    case 'patch': {
      const { kind, ops, literals, literalsSizeBytes } = order;
      if (literalsSizeBytes === 0) return { kind, ops, literals };
      return { kind, ops, literals: await unpack({ bytes: literals, sizeBytes: literalsSizeBytes }) };
    }
    default:
      return order;
  }
}

/** Never makes more than the announced bytes, whatever the packed ones would unpack to. */
export async function unpack({ bytes, sizeBytes }: Packed): Promise<Buffer> {
  let unpacked: Buffer;
  try {
    // One piece that is not quite filled: else it is made of many small ones, each with its own turn in the thread pool.
    unpacked = await brotliDecompress(bytes, { maxOutputLength: sizeBytes, chunkSize: Math.max(sizeBytes + 1, 64) });
  } catch (cause) {
    throw peerFault(`packed bytes do not unpack to the ${sizeBytes} bytes that they are said to be`, cause);
  }
  if (unpacked.length === sizeBytes) return unpacked;
  throw peerFault(`packed bytes unpack to ${unpacked.length} bytes, and are said to be ${sizeBytes}`);
}
