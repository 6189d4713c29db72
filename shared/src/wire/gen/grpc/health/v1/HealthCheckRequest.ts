// Original file: proto/grpc/health/v1/health.proto


export interface HealthCheckRequest {
  /**
   * empty: the whole process; else btsoot.v1.Remote or btsoot.v1.Control
   */
  'service'?: (string);
}

export interface HealthCheckRequest__Output {
  /**
   * empty: the whole process; else btsoot.v1.Remote or btsoot.v1.Control
   */
  'service': (string);
}
