import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import type { PingReply, PingRequest__Output } from '../messages.js';
import { controlPackage } from '../proto.js';

/** A running source agent of before anything but `Ping` could be asked of one. @returns what ends it */
export async function serveFirstAgent(socketPath: string): Promise<() => void> {
  const server = new Server();
  const ping = (_call: ServerUnaryCall<PingRequest__Output, PingReply>, done: sendUnaryData<PingReply>): void =>
    done(null, { version: '0.0.1', pid: process.pid });
  server.addService(controlPackage().Control.service, { Ping: ping });
  await new Promise<void>((resolve, reject) => {
    const listening = (error: Error | null): void => (error === null ? resolve() : reject(error));
    server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), listening);
  });
  return () => server.forceShutdown();
}
