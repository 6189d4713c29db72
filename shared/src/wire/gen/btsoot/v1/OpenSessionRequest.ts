// Original file: proto/btsoot/v1/remote.proto


// Original file: proto/btsoot/v1/remote.proto

export const _btsoot_v1_OpenSessionRequest_Drift = {
  /**
   * stat every entry and compare with the manifest
   */
  QUICK: 'QUICK',
  /**
   * believe the manifest
   */
  TRUST: 'TRUST',
  /**
   * read every file and compare with the manifest
   */
  FULL: 'FULL',
} as const;

export type _btsoot_v1_OpenSessionRequest_Drift =
  /**
   * stat every entry and compare with the manifest
   */
  | 'QUICK'
  | 0
  /**
   * believe the manifest
   */
  | 'TRUST'
  | 1
  /**
   * read every file and compare with the manifest
   */
  | 'FULL'
  | 2

export type _btsoot_v1_OpenSessionRequest_Drift__Output = typeof _btsoot_v1_OpenSessionRequest_Drift[keyof typeof _btsoot_v1_OpenSessionRequest_Drift]

export interface OpenSessionRequest {
  'protocolMajor'?: (number);
  'protocolMinor'?: (number);
  'folder'?: (Buffer | Uint8Array | string);
  'drift'?: (_btsoot_v1_OpenSessionRequest_Drift);
}

export interface OpenSessionRequest__Output {
  'protocolMajor': (number);
  'protocolMinor': (number);
  'folder': (Buffer);
  'drift': (_btsoot_v1_OpenSessionRequest_Drift__Output);
}
