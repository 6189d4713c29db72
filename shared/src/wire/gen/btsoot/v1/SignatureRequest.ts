// Original file: proto/btsoot/v1/remote.proto

import type { SignatureRegions as _btsoot_v1_SignatureRegions, SignatureRegions__Output as _btsoot_v1_SignatureRegions__Output } from '../../btsoot/v1/SignatureRegions.js';
import type { Basis as _btsoot_v1_Basis, Basis__Output as _btsoot_v1_Basis__Output } from '../../btsoot/v1/Basis.js';

export interface SignatureRequest {
  /**
   * in the first request
   */
  'session'?: (Buffer | Uint8Array | string);
  'regions'?: (_btsoot_v1_SignatureRegions | null);
  /**
   * the chunk list of this content (delta/chunk-list.ts); of a partial, that of what is there
   */
  'chunks'?: (_btsoot_v1_Basis | null);
  'question'?: "regions"|"chunks";
}

export interface SignatureRequest__Output {
  /**
   * in the first request
   */
  'session': (Buffer);
  'regions'?: (_btsoot_v1_SignatureRegions__Output | null);
  /**
   * the chunk list of this content (delta/chunk-list.ts); of a partial, that of what is there
   */
  'chunks'?: (_btsoot_v1_Basis__Output | null);
  'question'?: "regions"|"chunks";
}
