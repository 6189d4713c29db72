// Original file: proto/btsoot/v1/remote.proto

import type { Basis as _btsoot_v1_Basis, Basis__Output as _btsoot_v1_Basis__Output } from '../../btsoot/v1/Basis.js';

/**
 * How the bytes of a put come that follow its message.
 */
export interface Delivery {
  /**
   * what copies name by index, up to 8
   */
  'bases'?: (_btsoot_v1_Basis)[];
  /**
   * copies are from basis 0, the replaced content, at their own position (model/delivery.ts)
   */
  'positional'?: (boolean);
  /**
   * 16 bytes: names the chunk list whose lengths the layout says; empty: there is none
   */
  'chunksDigest'?: (Buffer | Uint8Array | string);
  /**
   * the lengths of the content's chunks (delta/layout.ts), or their first 16 KiB
   */
  'layout'?: (Buffer | Uint8Array | string);
}

/**
 * How the bytes of a put come that follow its message.
 */
export interface Delivery__Output {
  /**
   * what copies name by index, up to 8
   */
  'bases': (_btsoot_v1_Basis__Output)[];
  /**
   * copies are from basis 0, the replaced content, at their own position (model/delivery.ts)
   */
  'positional': (boolean);
  /**
   * 16 bytes: names the chunk list whose lengths the layout says; empty: there is none
   */
  'chunksDigest': (Buffer);
  /**
   * the lengths of the content's chunks (delta/layout.ts), or their first 16 KiB
   */
  'layout': (Buffer);
}
