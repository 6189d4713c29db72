import type { Socket } from 'node:net';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { BtsootError } from '../model/errors.js';
import { destroyOnceDead } from './dead-socket.js';

/** The sockets of one channel, which grpc-js keeps to itself. */
export class Connections {
  readonly #open = new Set<Socket>();

  /** Returns the credentials, which tell from now on of each connection that is made with them. */
  watch(credentials: ChannelCredentials): ChannelCredentials {
    const make = credentials._createSecureConnector?.bind(credentials);
    if (make === undefined) throw new BtsootError('internal', 'this version of @grpc/grpc-js does not let its sockets be seen');
    credentials._createSecureConnector = (...args) => {
      const connector = make(...args);
      const connect = connector.connect.bind(connector);
      connector.connect = async (socket) => {
        this.#add(socket);
        const secured = await connect(socket);
        this.#add(secured.socket);
        destroyOnceDead(secured.socket);
        return secured;
      };
      return connector;
    };
    return credentials;
  }

  /**
   * Drops what is still open. A connection whose peer has stopped reading waits for ever to send what is queued, and
   * would keep the process alive as long.
   */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #add(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }
}
