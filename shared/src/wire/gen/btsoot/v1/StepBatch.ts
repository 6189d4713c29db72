// Original file: proto/btsoot/v1/remote.proto

import type { Step as _btsoot_v1_Step, Step__Output as _btsoot_v1_Step__Output } from '../../btsoot/v1/Step.js';

export interface StepBatch {
  /**
   * up to 2,000, about 256 KiB
   */
  'steps'?: (_btsoot_v1_Step)[];
  /**
   * Brotli: the contents of the puts that say so, one after the other
   */
  'packed'?: (Buffer | Uint8Array | string);
  /**
   * what it unpacks to: the sum of their sizes, up to 1 MiB and more than its own length
   */
  'packedSize'?: (number);
}

export interface StepBatch__Output {
  /**
   * up to 2,000, about 256 KiB
   */
  'steps': (_btsoot_v1_Step__Output)[];
  /**
   * Brotli: the contents of the puts that say so, one after the other
   */
  'packed': (Buffer);
  /**
   * what it unpacks to: the sum of their sizes, up to 1 MiB and more than its own length
   */
  'packedSize': (number);
}
