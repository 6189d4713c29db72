import type { Socket } from 'node:net';
import { limits } from '../model/limits.js';

/**
 * Destroys a socket whose connection the kernel has given up. Node's HTTP/2 does not read while a write waits for room, and
 * where the connection is reset meanwhile, the write fails and nobody is told (Node 20.20): only a keepalive would, a minute later.
 */
export function destroyOnceDead(socket: Socket): void {
  const timer = setInterval(() => {
    if (isDead(socket)) socket.destroy();
  }, limits.deadSocketIntervalMs).unref();
  socket.once('close', () => clearInterval(timer));
}

/** Whether the kernel knows no peer of it any more. A peer that has only ended its side is still known. */
function isDead(socket: Socket): boolean {
  const { _handle: handle } = socket as unknown as { _handle?: { getpeername?(name: object): number } | null };
  return handle?.getpeername !== undefined && handle.getpeername({}) !== 0;
}
