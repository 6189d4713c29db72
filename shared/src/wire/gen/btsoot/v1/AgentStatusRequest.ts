// Original file: proto/btsoot/v1/control.proto


export interface AgentStatusRequest {
}

export interface AgentStatusRequest__Output {
}
