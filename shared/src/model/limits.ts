/** Every maximum of the project, in one place. The unit is the last word of each name. */
export const limits = {
  /** One gRPC message, either way. Frames and pages stay well below. */
  messageSizeMaxBytes: 2 * 1024 * 1024,
  /** One request to a remote: about a frame of steps or ops, some of their paths long, and what unpacks to `unpackedSizeMaxBytes`. */
  requestSizeMaxBytes: 1536 * 1024,
  /** A message that says little: names, a session, a handful of numbers, a certificate. */
  smallMessageMaxBytes: 16 * 1024,
  /** One frame of file data, and the target size of a batch of steps or a page of children. */
  frameSizeMaxBytes: 256 * 1024,
  /** Files up to this size travel inside their step, many to a message. */
  inlineSizeMaxBytes: 32 * 1024,
  /** HTTP/2 receive window, of a connection and of each stream: 8 MiB fill 80 MB/s at 100 ms of round-trip time. */
  receiveWindowBytes: 8 * 1024 * 1024,
  /** Files from this size on have chunk lists. */
  chunkedSizeMinBytes: 256 * 1024,
  chunkAverageMinBytes: 16 * 1024,
  /** Above 64 GiB chunks grow on, so that a list stays below `chunksPerListMax`. */
  chunksPerListMax: 262_144,
  basesPerFileMax: 8,
  /** How many contents are looked at that share one sampled chunk: what thousands have tells nothing. */
  contentsPerHookMax: 64,
  /** What one `patch` may unpack to, and one batch's packed files. */
  unpackedSizeMaxBytes: 1024 * 1024,
  /** The part of a chunk list's lengths that travels with the put itself. */
  layoutInPutMaxBytes: 16 * 1024,
  signatureBlockMinBytes: 64,
  signatureBlockMaxBytes: 65_536,
  signatureRegionsPerRequestMax: 1_024,
  /** Of one region. */
  signatureSizeMaxBytes: 8 * 1024 * 1024,
  /** While an answer about what a remote holds is long in coming, a part of it comes this often. */
  answerIntervalMs: 10_000,
  /** A remote that has said nothing for so long, and was asked something, is asked nothing more. Its disk may have to wake up. */
  answerSilenceMaxMs: 3 * 60 * 1000,
  /** A remote whose check of its own tree comes to no further entry for so long is given up: one file of terabytes takes hours. */
  checkStandstillMaxMs: 24 * 60 * 60 * 1000,
  /** What is left of deliveries that were cut off, per block. */
  partialsMax: 8,
  /** Less than this is sent again rather than kept. */
  partialSizeMinBytes: 1024 * 1024,
  /** What nobody has come back for by then goes. */
  partialAgeMaxMs: 30 * 24 * 60 * 60 * 1000,
  /** How much of a delivery may have to be sent again after a crash of the receiver. */
  checkpointIntervalBytes: 32 * 1024 * 1024,
  /** Files from this size on are patched in place where the file system has no reflinks and little of them changes. */
  inPlaceSizeMinBytes: 32 * 1024 * 1024,
  inPlaceChangeMaxBytes: 64 * 1024 * 1024,
  /** Each may be a seek of the remote's disk while it makes the patch durable, and other sources wait meanwhile. */
  inPlaceRangesMax: 2_048,
  /** The table of one such patch. */
  patchTrailerMaxBytes: 2 * 1024 * 1024,
  /** So often, and in so many ranges, a file is patched before it is written anew: old versions are read through all of it. */
  undoPatchesMax: 128,
  undoRangesMax: 262_144,
  /** Undo files that are opened to find one content. */
  undoFilesTriedMax: 256,
  nameLengthMaxBytes: 255,
  pathLengthMaxBytes: 65_536,
  pathDepthMax: 2_000,
  linkTargetMaxBytes: 4_095,
  /** Of one entry, packed (model/xattrs.ts): what Linux lets one value have. */
  xattrsMaxBytes: 64 * 1024,
  childrenPerPageMax: 1_000,
  /** Of one directory, as a remote lists it. */
  directoryEntriesMax: 4_000_000,
  /**
   * Of one tree, as a remote lists it: a hostile one would go on for ever. What is listed takes memory for each directory,
   * and disk for each entry and name.
   */
  listedEntriesMax: 50_000_000,
  listedDirectoriesMax: 5_000_000,
  listedNamesMaxBytes: 8 * 1024 * 1024 * 1024,
  directoriesPerRequestMax: 256,
  stepsPerMessageMax: 2_000,
  contentsPerQueryMax: 4_096,
  /** Each may be a seek of the remote's disk, and the call has a deadline. */
  contentsAskedAtOnceMax: 512,
  contentQueriesAtOnceMax: 3,
  /** A large file of which no more than this share would cross is not copied whole on the remote's disk to save that. */
  reuseShareMin: 1 / 64,
  /** The largest file: what a JavaScript number and every file system of today can hold. */
  fileSizeMaxBytes: 2 ** 53 - 1,
  /** A group is committed when it reaches any of these. */
  groupSizeMaxBytes: 64 * 1024 * 1024,
  groupStepsMax: 2_000,
  /** Files tried, where several are known to hold one content. */
  holdersTriedMax: 8,
  /** Paths, link targets and extended attributes of a group's steps: its journal is one value, and takes up to six times as much. */
  groupNamesMaxBytes: 1024 * 1024,
  groupAgeMaxMs: 2_000,
  /** Users, and groups, of one block whose names go along. */
  ownersMax: 4_096,
  ownerNameMaxBytes: 128,
  openSessionsMax: 16,
  sessionsPerSourceMax: 8,
  /** Blocks that a source may find in what was granted to it, and still make another. */
  blocksPerSourceMax: 256,
  /** Blocks that stay open though nobody uses them. */
  idleBlocksMax: 8,
  /** Of one connection. A sync needs six. Each may hold a request that is half there, of `requestSizeMaxBytes`. */
  concurrentStreamsMax: 10,
  /** How long one stream's messages are taken one after the other before others have their turn. */
  messagesTurnMaxMs: 10,
  pairingValidMs: 10 * 60 * 1000,
  pairingTriesMax: 3,
  /** A pairing service talks to people's first commands only: few connections, each with one call. */
  pairingConnectionsMax: 16,
  pairingConnectionsPerAddressMax: 4,
  pairingConnectionMaxMs: 10_000,
  unaryDeadlineMs: 30_000,
  /** Until a connection must stand, TLS included. */
  connectTimeoutMs: 15_000,
  /** Connections to one server at a time. */
  connectionsMax: 64,
  connectionsPerSourceMax: 8,
  /** Connections that have not shown a certificate yet. */
  strangersMax: 32,
  strangersPerAddressMax: 8,
  /** Connections of a source that is not paired any more: as long as it takes to be told so. */
  deniedConnectionsPerSourceMax: 2,
  deniedConnectionMaxMs: 3_000,
  /** How often open connections are checked against the paired sources. */
  admissionIntervalMs: 1_000,
  /** How long a server that is closed waits for handlers whose calls were cut. */
  handlersEndMaxMs: 30_000,
  /** Denied calls of one source are logged once in this time. */
  denialLogIntervalMs: 60_000,
  keepaliveIntervalMs: 20_000,
  /** A slow disk may hold up the other side's event loop for long. */
  keepaliveTimeoutMs: 45_000,
  /** How often a connection is asked whether the kernel still has it. */
  deadSocketIntervalMs: 1_000,
  /** How long a channel that was closed may take to part with its peer before its connection is dropped. */
  channelCloseMaxMs: 1_000,
  /** How many entries of one content or digest are looked at to find what was renamed. */
  renameCandidatesMax: 16,
  /** So many names of one file are looked at together: more than ext4 and Btrfs allow. */
  namesPerFileMax: 65_536,
  /** Names of one inode that are looked at to find out whether a new one is an old one renamed. */
  linksTriedMax: 64,
  /** Calls that list directories ahead of a scan, how many directories one is for, and the entries of one that is read ahead. */
  scanListingsAheadMax: 4,
  scanListingBatchMax: 16,
  scanListingEntriesMax: 2_000,
  /** How long a watched tree's events are gathered before anybody is told. */
  watchGatherMs: 50,
  /** Folders that have changed; where there are more, a scan goes through everything. */
  watchDirtyFoldersMax: 10_000,
  /** Inodes whose names are put together in one transaction at the end of a scan. */
  scanCommitInodesMax: 500,
  hashWorkersMax: 4,
  /** How often a source file that changes while it is read is read again before it is reported. */
  unstableReadTriesMax: 3,
  /** Files up to this size are hashed many in one call: how many, and how many bytes, one call is for. */
  smallFileMaxBytes: 128 * 1024,
  smallFilesPerCallMax: 256,
  smallFilesPerCallMaxBytes: 1024 * 1024,
  /** Such calls that run at a time. */
  smallFileCallsMax: 4,
  /** Files that a scan is reading or has yet to read at a time, their bytes, and the folders held open for them. */
  scanQueueFilesMax: 1_024,
  scanQueueMaxBytes: 64 * 1024 * 1024,
  scanQueueDirectoriesMax: 256,
  /** Folders, and entries in them, that a scan compares with their rows in one go. */
  scanBatchDirectoriesMax: 128,
  scanBatchEntriesMax: 2_000,
  /** Rows between two commits of a scan. */
  scanCommitRowsMax: 2_000,
  /** Chunk lists between two commits of a scan. */
  scanCommitListsMaxBytes: 8 * 1024 * 1024,
  /** Problems of one scan that are reported one by one; the rest is counted. */
  problemsListedMax: 1_000,
  /** A problem's path, as it is shown. Longer than any single name is, with every byte of it as `\xNN`. */
  problemPathLengthMax: 1_200,
  /** Entries of a mirror that are named when they were found changed or damaged, and their paths; the rest is counted. */
  driftListedMax: 256,
  driftPathsMaxBytes: 64 * 1024,
  /** Damaged entries of one block that are looked at to tell how many are in the tree. */
  damagesCountedMax: 10_000,
  /** Rows whose sizes are summed up in one go, before a scrub. */
  scrubMeasuredAtOnceMax: 5_000,
  /** Of an undo file, as a scrub reads it. */
  scrubUndoBlockBytes: 64 * 1024,
  /** Damaged entries that are named to whoever asks, and in one message of them. */
  findingsListedMax: 1_000,
  findingsPerMessageMax: 100,
  verifiesPerSourceMax: 4,
  /** Small files that a source reads again at a time. */
  verifyFilesAtOnceMax: 256,
  /** Damaged files of one name that a source keeps. */
  damagedKeptMax: 1_000,
  verifyProgressIntervalMs: 1_000,
  scrubDefaultDays: 30,
  scrubRateDefaultBytes: 10_000_000,
  ignoreFileMaxBytes: 64 * 1024,
  /** Of one `.btsootignore` or one block: each is tried for each name of a scan. */
  ignorePatternsMax: 1_000,
  /** Of one list of patterns: paths whose answer is remembered. */
  ignoreTestsCachedMax: 4_096,
  historyRetentionDefaultDays: 30,
  /** Younger history goes neither by number nor for want of space, unless the remote's owner says otherwise. */
  historyMinAgeDefaultDays: 7,
  retentionMaxDays: 36_500,
  /** Of one block, as a rule of retention may say. */
  sessionsKeptMax: 10_000,
  /** Old versions whose files are deleted between two transactions, and rows that one of these drops. */
  expiryBatchSlots: 200,
  expiryBatchRows: 2_000,
  /** What the database takes to write down that history goes, where the disk has no room left. */
  expiryRoomBytes: 4 * 1024 * 1024,
  /** 2020-01-01. A clock that says less was never set: small machines begin in 1970. */
  clockMinUs: 1_577_836_800_000_000,
  guardShareMaxPercent: 50,
  guardEntriesMax: 10_000,
  /** Fewer lost entries than this are never too large a share: most of a small folder may well change in a day. */
  guardShareFloorEntries: 10,
  blockNameLengthMax: 64,
  /** A sync that found its remote unreachable or busy tries again, after about 1 s, 3 s and 9 s. */
  syncRetriesDefault: 3,
  retryDelayFirstMs: 1_000,
  retryDelayMaxMs: 60_000,
  /** How often a remote agent looks whether its root's file system is still alive. */
  rootLookIntervalMs: 5_000,
  /** How long an embedded remote agent may take until it listens, and until it has ended. */
  embeddedStartMaxMs: 30_000,
  embeddedStopMaxMs: 10_000,
  /** How long a running source agent may take to answer before a command does the work itself: on a machine under load, seconds. */
  agentPingMaxMs: 10_000,
  /** How long a watched block's changes come to rest: what the setting may say, and after how many times of it a run goes ahead. */
  settleMinMs: 1_000,
  settleDefaultMs: 10_000,
  settleMaxMs: 24 * 60 * 60 * 1000,
  settleTimesMax: 10,
  /** How often a watched block is looked through all the same, and one that cannot be watched, or not all of it. */
  watchWalkEveryMs: 24 * 60 * 60 * 1000,
  blindWalkEveryMs: 60 * 60 * 1000,
  /** What a source agent waits before it runs again what failed. */
  agentRetryFirstMs: 60_000,
  agentRetryMaxMs: 60 * 60 * 1000,
  /** How long a block may be paused, where the pause has an end: what was forgotten must not be for ever. */
  pauseMinMs: 1_000,
  pauseMaxMs: 365 * 24 * 60 * 60 * 1000,
  /** Syncs that a source agent begins by itself at a time, and those to one target. */
  agentRunsMax: 4,
  agentRunsPerTargetMax: 2,
  /** How often a source agent looks whether its config file has changed. */
  configLookEveryMs: 2_000,
  /** Commands before and after a sync: how long they may take, how long they get to end, and what is kept of what they print. */
  hookMinMs: 1_000,
  hookDefaultMs: 10 * 60 * 1000,
  hookMaxMs: 24 * 60 * 60 * 1000,
  hookEndMaxMs: 5_000,
  /** A command after a sync, where the agent is to end: what the one before has stopped is to be started again. */
  hookStopMaxMs: 20_000,
  hookOutputTailMaxBytes: 2_000,
  /** Telling somebody how a sync ended: how long one try may take, how many there are, and the time between them. */
  notifyMaxMs: 10_000,
  notifyTriesMax: 3,
  notifyRetryDelayMs: 1_000,
  /** And all of it, where the agent is to end. */
  notifyStopMaxMs: 5_000,
  /** After which time without a good sync a block is stale, and how often a source agent looks. */
  staleAfterMinMs: 60 * 60 * 1000,
  staleAfterDefaultMs: 3 * 24 * 60 * 60 * 1000,
  staleAfterMaxMs: 365 * 24 * 60 * 60 * 1000,
  staleLookEveryMs: 10 * 60 * 1000,
  /** How long a stopping source agent waits for its syncs to reach a point they can resume from. */
  agentStopMaxMs: 20_000,
  /** And its server for calls that are still open after that, and for what answers them. */
  agentCloseMaxMs: 2_000,
  /** One event of a running source agent: what lists more is cut, and counts what is left out. */
  agentEventMaxBytes: 1024 * 1024,
  /**
   * The dashboard: connections, those from one other machine, streams of events among them, one request's head and body, how long it may take
   * to arrive and its answer to be taken, and how often that is looked at.
   */
  dashboardConnectionsMax: 64,
  dashboardConnectionsPerAddressMax: 32,
  dashboardEventStreamsMax: 16,
  dashboardHeadMaxBytes: 16 * 1024,
  dashboardBodyMaxBytes: 256 * 1024,
  dashboardRequestMaxMs: 10_000,
  dashboardLookEveryMs: 1_000,
  /** What one reader of events may have unread before it is cut off: it comes again and is told anew. */
  dashboardEventsUnreadMaxBytes: 1024 * 1024,
  dashboardEventsAliveEveryMs: 15_000,
  /** How often a running sync's progress is told to whoever looks. */
  dashboardProgressEveryMs: 250,
  /** Wrong tokens in a minute that are logged. The right one is always looked at: with its 256 bits nobody comes upon it by trying. */
  dashboardLoginTriesMax: 10,
  /** How long a browser stays logged in. */
  dashboardLoginValidMs: 30 * 24 * 60 * 60 * 1000,
  dashboardNamesMax: 16,
  /** Entries of one folder that are listed, folders that are remembered, and entries in these. */
  dashboardFolderEntriesMax: 10_000,
  dashboardFoldersKeptMax: 256,
  dashboardFoldersKeptEntriesMax: 50_000,
  /** Steps of a restore's plan that are shown; the rest is counted. */
  dashboardStepsShownMax: 500,
  /** Syncs of one block whose figures are kept. */
  syncRecordsKept: 500,
  logFileMaxBytes: 5 * 1024 * 1024,
  logFilesMax: 3,
  /** Of the page with an agent's metrics: who reads it at a time, what a request's head may be long, and how long it may take. */
  metricsConnectionsMax: 16,
  metricsHeaderMaxBytes: 8 * 1024,
  metricsRequestMaxMs: 10_000,
  /** How often a server looks whether it is well, for those who watch its health. */
  healthLookEveryMs: 5_000,
  /** What a Unix socket's path may be long, its NUL not counted (sun_path on Linux). */
  socketPathMaxBytes: 107,
  /** The text of an error that ends a call. It travels in a header, percent-encoded. */
  errorTextLengthMax: 4_000,
  /** The text of one step's failure: 2,000 of them still fit into one message. */
  failureTextLengthMax: 300,
  blocksPerReplyMax: 1_000,
  /** What one call may send to measure a link, and ask for; one of its frames, and the message around that. */
  linkMeasuredMaxBytes: 16 * 1024 * 1024,
  linkFrameMaxBytes: 32 * 1024,
  linkMessageMaxBytes: 48 * 1024,
  /** What a doctor sends each way to measure a link, and for how long at most. */
  doctorLinkBytes: 4 * 1024 * 1024,
  doctorLinkMaxMs: 5_000,
  /** What a doctor writes to measure a disk, for how long at most, and what has to be free for that. */
  doctorDiskBytes: 4 * 1024 * 1024,
  doctorDiskMaxMs: 5_000,
  doctorDiskFreeMinBytes: 64 * 1024 * 1024,
  /** A manifest up to this size is checked by every doctor, a larger one by a thorough one. */
  doctorCheckedManifestMaxBytes: 32 * 1024 * 1024,
  /** Old versions on the disk that a doctor looks for in a block's manifest. */
  doctorSlotsMax: 200_000,
  /** What came to history since then may not have its row yet. */
  doctorSlotAgeMinMs: 60 * 60 * 1000,
  sessionsPerReplyMax: 10_000,
  versionsPerPageMax: 1_000,
  /** Of one path. */
  versionsPerAnswerMax: 5_000,
  /** Rows, old and new, that are looked at to find what was at one path. */
  versionRowsReadMax: 200_000,
} as const;
