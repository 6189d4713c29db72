import { type ChannelOptions, logVerbosity, type ServerOptions, setLogVerbosity } from '@grpc/grpc-js';
import { limits } from '../model/limits.js';

/** The name in every remote's certificate, whatever its address: a remote is known by its CA, not by where it is. */
export const REMOTE_NAME = 'btsoot-remote';

const SHARED = {
  'grpc.max_send_message_length': limits.messageSizeMaxBytes,
  'grpc.max_receive_message_length': limits.messageSizeMaxBytes,
  'grpc.keepalive_time_ms': limits.keepaliveIntervalMs,
  'grpc.keepalive_timeout_ms': limits.keepaliveTimeoutMs,
  'grpc.enable_channelz': 0,
} as const satisfies ChannelOptions;

/** Pings go out while a call runs. An idle channel is silent from this side. */
export const CHANNEL_OPTIONS: ChannelOptions = {
  ...SHARED,
  'grpc-node.flow_control_window': limits.receiveWindowBytes,
  'grpc.ssl_target_name_override': REMOTE_NAME,
  'grpc.default_authority': REMOTE_NAME,
  // An `http_proxy` in the environment is meant for the web.
  'grpc.enable_http_proxy': 0,
  // Retries would keep whole uploads in memory. Who calls decides when to try again.
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  // Closing a channel closes its connection at once, instead of leaving it to a pool.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
};

/** Pings go out on every connection, so that a dead client's lease is freed. */
export const SERVER_OPTIONS: ServerOptions = {
  ...SHARED,
  'grpc.max_receive_message_length': limits.requestSizeMaxBytes,
  'grpc.max_concurrent_streams': limits.concurrentStreamsMax,
};

/** For callers that nobody knows: one call at a time, and that a small one. */
export const PAIRING_SERVER_OPTIONS: ServerOptions = {
  ...SHARED,
  'grpc.max_receive_message_length': limits.smallMessageMaxBytes,
  'grpc.max_concurrent_streams': 1,
};

/** grpc-js writes to stderr what it also reports as errors. */
export function silenceGrpc(): void {
  if (process.env['GRPC_VERBOSITY'] === undefined) setLogVerbosity(logVerbosity.NONE);
}
