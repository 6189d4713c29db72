/** Every maximum of the project, in one place. The unit is the last word of each name. */
export const limits = {
  /** One gRPC message, either way. Frames and pages stay well below. */
  messageSizeMaxBytes: 2 * 1024 * 1024,
  /** One frame of file data, and the target size of a batch of steps or a page of children. */
  frameSizeMaxBytes: 256 * 1024,
  /** Files up to this size travel inside their step, many to a message. */
  inlineSizeMaxBytes: 32 * 1024,
  /** HTTP/2 receive window, of a connection and of each stream: 8 MiB fill 80 MB/s at 100 ms of round-trip time. */
  receiveWindowBytes: 8 * 1024 * 1024,
  nameLengthMaxBytes: 255,
  pathLengthMaxBytes: 65_536,
  pathDepthMax: 2_000,
  linkTargetMaxBytes: 4_095,
  childrenPerPageMax: 1_000,
  directoriesPerRequestMax: 256,
  stepsPerMessageMax: 2_000,
  contentsPerQueryMax: 4_096,
  /** The largest file: what a JavaScript number and every file system of today can hold. */
  fileSizeMaxBytes: 2 ** 53 - 1,
  /** A group is committed when it reaches any of these. */
  groupSizeMaxBytes: 64 * 1024 * 1024,
  groupStepsMax: 2_000,
  groupAgeMaxMs: 2_000,
  openSessionsMax: 16,
  concurrentStreamsMax: 64,
  pairingValidMs: 10 * 60 * 1000,
  pairingTriesMax: 3,
  unaryDeadlineMs: 30_000,
  keepaliveIntervalMs: 20_000,
  keepaliveTimeoutMs: 15_000,
  hashWorkersMax: 4,
  /** How often a source file that changes while it is read is read again before it is reported. */
  unstableReadTriesMax: 3,
  historyRetentionDefaultDays: 30,
  guardShareMaxPercent: 50,
  guardEntriesMax: 10_000,
  blockNameLengthMax: 64,
} as const;
