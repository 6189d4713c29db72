// Original file: proto/btsoot/v1/control.proto


export interface ResumeRequest {
  'block'?: (string);
}

export interface ResumeRequest__Output {
  'block': (string);
}
