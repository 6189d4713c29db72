// Original file: proto/btsoot/v1/control.proto


export interface ResumeReply {
}

export interface ResumeReply__Output {
}
