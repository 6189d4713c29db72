// Original file: proto/btsoot/v1/control.proto

import type { Long } from '@grpc/proto-loader';

export interface PlannedSync {
  'block'?: (string);
  /**
   * in the past: as soon as there is a place for it
   */
  'dueUs'?: (number | string | Long);
  /**
   * timetable, changes, retry or watch
   */
  'why'?: (string);
  /**
   * whether what changes in the block's source is told
   */
  'watched'?: (boolean);
}

export interface PlannedSync__Output {
  'block': (string);
  /**
   * in the past: as soon as there is a place for it
   */
  'dueUs': (number);
  /**
   * timetable, changes, retry or watch
   */
  'why': (string);
  /**
   * whether what changes in the block's source is told
   */
  'watched': (boolean);
}
