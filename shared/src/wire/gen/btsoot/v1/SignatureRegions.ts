// Original file: proto/btsoot/v1/remote.proto

import type { Basis as _btsoot_v1_Basis, Basis__Output as _btsoot_v1_Basis__Output } from '../../btsoot/v1/Basis.js';
import type { SignatureRegion as _btsoot_v1_SignatureRegion, SignatureRegion__Output as _btsoot_v1_SignatureRegion__Output } from '../../btsoot/v1/SignatureRegion.js';

/**
 * The answer: the regions' signatures (delta/signature.ts), one after the other.
 */
export interface SignatureRegions {
  'basis'?: (_btsoot_v1_Basis | null);
  /**
   * up to 1,024, ascending, not overlapping
   */
  'regions'?: (_btsoot_v1_SignatureRegion)[];
}

/**
 * The answer: the regions' signatures (delta/signature.ts), one after the other.
 */
export interface SignatureRegions__Output {
  'basis': (_btsoot_v1_Basis__Output | null);
  /**
   * up to 1,024, ascending, not overlapping
   */
  'regions': (_btsoot_v1_SignatureRegion__Output)[];
}
