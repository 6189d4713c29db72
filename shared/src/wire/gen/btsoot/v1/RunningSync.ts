// Original file: proto/btsoot/v1/control.proto

import type { Long } from '@grpc/proto-loader';

export interface RunningSync {
  'block'?: (string);
  'phase'?: (string);
  'startedUs'?: (number | string | Long);
}

export interface RunningSync__Output {
  'block': (string);
  'phase': (string);
  'startedUs': (number);
}
