// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

export interface VerifyRequest {
  'protocolMajor'?: (number);
  'protocolMinor'?: (number);
  'folder'?: (Buffer | Uint8Array | string);
  /**
   * how fast to read; 0: as fast as it goes
   */
  'bytesPerSecond'?: (number | string | Long);
  /**
   * reads nothing, and says what is known to be damaged
   */
  'knownOnly'?: (boolean);
}

export interface VerifyRequest__Output {
  'protocolMajor': (number);
  'protocolMinor': (number);
  'folder': (Buffer);
  /**
   * how fast to read; 0: as fast as it goes
   */
  'bytesPerSecond': (number);
  /**
   * reads nothing, and says what is known to be damaged
   */
  'knownOnly': (boolean);
}
