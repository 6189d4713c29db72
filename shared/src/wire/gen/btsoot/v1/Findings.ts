// Original file: proto/btsoot/v1/remote.proto

import type { Finding as _btsoot_v1_Finding, Finding__Output as _btsoot_v1_Finding__Output } from '../../btsoot/v1/Finding.js';

export interface Findings {
  /**
   * up to 100, about 64 KiB; up to 1,000 in all messages
   */
  'findings'?: (_btsoot_v1_Finding)[];
}

export interface Findings__Output {
  /**
   * up to 100, about 64 KiB; up to 1,000 in all messages
   */
  'findings': (_btsoot_v1_Finding__Output)[];
}
