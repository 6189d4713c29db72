// Original file: proto/btsoot/v1/control.proto


export interface SyncRequest {
  'block'?: (string);
  'dryRun'?: (boolean);
  /**
   * digest of a plan that the guard refused; empty: none
   */
  'acceptPlan'?: (string);
}

export interface SyncRequest__Output {
  'block': (string);
  'dryRun': (boolean);
  /**
   * digest of a plan that the guard refused; empty: none
   */
  'acceptPlan': (string);
}
