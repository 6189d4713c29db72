// Original file: proto/btsoot/v1/control.proto

import type { Long } from '@grpc/proto-loader';

export interface PauseRequest {
  'block'?: (string);
  /**
   * 0: until it is resumed; in the past: refused
   */
  'untilUs'?: (number | string | Long);
}

export interface PauseRequest__Output {
  'block': (string);
  /**
   * 0: until it is resumed; in the past: refused
   */
  'untilUs': (number);
}
