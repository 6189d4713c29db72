// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

export interface SessionInfo {
  'number'?: (number | string | Long);
  'startedUs'?: (number | string | Long);
  /**
   * 0: it was cut off
   */
  'finishedUs'?: (number | string | Long);
  'sourceName'?: (string);
  'stateDigest'?: (Buffer | Uint8Array | string);
  'steps'?: (number | string | Long);
}

export interface SessionInfo__Output {
  'number': (number);
  'startedUs': (number);
  /**
   * 0: it was cut off
   */
  'finishedUs': (number);
  'sourceName': (string);
  'stateDigest': (Buffer);
  'steps': (number);
}
