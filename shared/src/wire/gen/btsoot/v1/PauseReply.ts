// Original file: proto/btsoot/v1/control.proto


export interface PauseReply {
}

export interface PauseReply__Output {
}
