// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

/**
 * How a remote fares.
 */
export interface Condition {
  /**
   * what its clock says
   */
  'nowUs'?: (number | string | Long);
  /**
   * what a plain user may still write to its root's file system
   */
  'freeBytes'?: (number | string | Long);
  /**
   * of that file system; 0: it cannot be asked
   */
  'totalBytes'?: (number | string | Long);
  /**
   * whether a copy within that file system takes no room
   */
  'reflinks'?: (boolean);
}

/**
 * How a remote fares.
 */
export interface Condition__Output {
  /**
   * what its clock says
   */
  'nowUs': (number);
  /**
   * what a plain user may still write to its root's file system
   */
  'freeBytes': (number);
  /**
   * of that file system; 0: it cannot be asked
   */
  'totalBytes': (number);
  /**
   * whether a copy within that file system takes no room
   */
  'reflinks': (boolean);
}
