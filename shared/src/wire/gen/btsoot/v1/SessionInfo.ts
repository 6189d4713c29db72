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
  /**
   * Steps that were done, by what they do; a folder that is moved or removed with all in it counts once.
   */
  'added'?: (number | string | Long);
  /**
   * got another content, or gave way to something of another kind
   */
  'replaced'?: (number | string | Long);
  'moved'?: (number | string | Long);
  /**
   * got another mode, owner or time only
   */
  'described'?: (number | string | Long);
  'removed'?: (number | string | Long);
  /**
   * content of the files that were added or replaced
   */
  'newBytes'?: (number | string | Long);
  /**
   * old versions that it put into history and that are there yet
   */
  'keptVersions'?: (number | string | Long);
  /**
   * what those take, about
   */
  'keptBytes'?: (number | string | Long);
  /**
   * it ended before its plan did
   */
  'cutOff'?: (boolean);
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
  /**
   * Steps that were done, by what they do; a folder that is moved or removed with all in it counts once.
   */
  'added': (number);
  /**
   * got another content, or gave way to something of another kind
   */
  'replaced': (number);
  'moved': (number);
  /**
   * got another mode, owner or time only
   */
  'described': (number);
  'removed': (number);
  /**
   * content of the files that were added or replaced
   */
  'newBytes': (number);
  /**
   * old versions that it put into history and that are there yet
   */
  'keptVersions': (number);
  /**
   * what those take, about
   */
  'keptBytes': (number);
  /**
   * it ended before its plan did
   */
  'cutOff': (boolean);
}
