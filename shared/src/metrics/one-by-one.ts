import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/**
 * Cuts off who asks again on a connection before the answer was written, which no browser does: each request that waits
 * costs memory, and who reads no answers could have thousands wait.
 */
export function oneByOne(answer: (request: IncomingMessage, response: ServerResponse) => void): RequestListener {
  const answering = new WeakSet<object>();
  return (request, response) => {
    const { socket } = request;
    if (socket.destroyed) return;
    if (answering.has(socket)) {
      socket.destroy();
      return;
    }
    answering.add(socket);
    response.once('close', () => answering.delete(socket));
    answer(request, response);
  };
}
