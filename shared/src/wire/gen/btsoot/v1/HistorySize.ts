// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

/**
 * How much of the past a block has.
 */
export interface HistorySize {
  /**
   * whose state can be restored
   */
  'sessions'?: (number | string | Long);
  /**
   * when the oldest of them ended, as the remote's clock told; 0 where there is none
   */
  'oldestUs'?: (number | string | Long);
  /**
   * old versions of files, folders and symlinks
   */
  'versions'?: (number | string | Long);
  /**
   * what those take, about
   */
  'bytes'?: (number | string | Long);
}

/**
 * How much of the past a block has.
 */
export interface HistorySize__Output {
  /**
   * whose state can be restored
   */
  'sessions': (number);
  /**
   * when the oldest of them ended, as the remote's clock told; 0 where there is none
   */
  'oldestUs': (number);
  /**
   * old versions of files, folders and symlinks
   */
  'versions': (number);
  /**
   * what those take, about
   */
  'bytes': (number);
}
