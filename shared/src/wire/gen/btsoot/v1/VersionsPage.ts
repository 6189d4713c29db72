// Original file: proto/btsoot/v1/remote.proto

import type { Version as _btsoot_v1_Version, Version__Output as _btsoot_v1_Version__Output } from '../../btsoot/v1/Version.js';

export interface VersionsPage {
  /**
   * newest first, up to 1,000, up to 256 KiB
   */
  'versions'?: (_btsoot_v1_Version)[];
  'last'?: (boolean);
  /**
   * in the last page: there are more, older ones, that are not listed
   */
  'cut'?: (boolean);
}

export interface VersionsPage__Output {
  /**
   * newest first, up to 1,000, up to 256 KiB
   */
  'versions': (_btsoot_v1_Version__Output)[];
  'last': (boolean);
  /**
   * in the last page: there are more, older ones, that are not listed
   */
  'cut': (boolean);
}
