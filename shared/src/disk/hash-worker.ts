/** The thread behind HashPool: takes batches of paths, answers with their hashes in the same order. */
import { parentPort, workerData } from 'node:worker_threads';
import { ChunkHasher } from '../delta/chunk-hasher.js';
import { toBytes } from '../model/bytes.js';
import { hashFile } from './hash-file.js';
import { type HashReply, type HashRequest, type HashWorkerData, isCancelled, packResult, transfersOf } from './hash-protocol.js';

const { cancelledBatches, fromDisk } = workerData as HashWorkerData;
const hasher = new ChunkHasher();

parentPort?.on('message', ({ batch, paths, previousAveragesBytes }: HashRequest) => {
  const cancelled = (): boolean => isCancelled(cancelledBatches, batch);
  const results = paths.map((path, index) => {
    const previousAverageBytes = previousAveragesBytes[index] ?? null;
    return packResult(hashFile(toBytes(path), hasher, { previousAverageBytes, fromDisk, cancelled }));
  });
  parentPort?.postMessage({ batch, results } satisfies HashReply, transfersOf(results));
});
