/** The thread behind HashPool: takes batches of paths, answers with their hashes in the same order. */
import { parentPort, workerData } from 'node:worker_threads';
import { toBytes } from '../model/bytes.js';
import { hashFile } from './hash-file.js';
import { type HashReply, type HashRequest, type HashWorkerData, isCancelled, packResult } from './hash-protocol.js';

const BUFFER_BYTES = 1024 * 1024;

const { cancelledBatches } = workerData as HashWorkerData;
const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);

parentPort?.on('message', ({ batch, paths }: HashRequest) => {
  const cancelled = (): boolean => isCancelled(cancelledBatches, batch);
  const results = paths.map((path) => packResult(hashFile(toBytes(path), buffer, cancelled)));
  parentPort?.postMessage({ batch, results } satisfies HashReply);
});
