// Original file: proto/btsoot/v1/control.proto


export interface SyncEvent {
  /**
   * One progress event or the final result, as the JSON that `btsoot sync --json` prints.
   */
  'json'?: (string);
}

export interface SyncEvent__Output {
  /**
   * One progress event or the final result, as the JSON that `btsoot sync --json` prints.
   */
  'json': (string);
}
