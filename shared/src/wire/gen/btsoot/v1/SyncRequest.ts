// Original file: proto/btsoot/v1/control.proto


export interface SyncRequest {
  'block'?: (string);
  'dryRun'?: (boolean);
  /**
   * digest of a plan that the guard refused; empty: none
   */
  'acceptPlan'?: (string);
  /**
   * quick, trust or full; empty: as the block's setting says
   */
  'drift'?: (string);
}

export interface SyncRequest__Output {
  'block': (string);
  'dryRun': (boolean);
  /**
   * digest of a plan that the guard refused; empty: none
   */
  'acceptPlan': (string);
  /**
   * quick, trust or full; empty: as the block's setting says
   */
  'drift': (string);
}
