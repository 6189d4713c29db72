// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

export interface VerifyProgress {
  /**
   * read in this pass, also before it was taken up again
   */
  'files'?: (number | string | Long);
  /**
   * as far as is known
   */
  'filesTotal'?: (number | string | Long);
  'bytes'?: (number | string | Long);
  'bytesTotal'?: (number | string | Long);
  /**
   * waits for a session to end, or for another block's reading
   */
  'paused'?: (boolean);
}

export interface VerifyProgress__Output {
  /**
   * read in this pass, also before it was taken up again
   */
  'files': (number);
  /**
   * as far as is known
   */
  'filesTotal': (number);
  'bytes': (number);
  'bytesTotal': (number);
  /**
   * waits for a session to end, or for another block's reading
   */
  'paused': (boolean);
}
