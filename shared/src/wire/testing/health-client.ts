import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { CHANNEL_OPTIONS } from '../options.js';
import { clientTls } from '../tls.js';

/** Where a server is asked for its health: PEM texts, or a Unix socket. */
export type HealthAddress =
  | { readonly port: number; readonly ca: string; readonly certificate: string; readonly key: string }
  | { readonly socket: string };

const bytes = (value: Buffer): Buffer => value;

/** As any client of grpc.health.v1 asks: it knows the names of the methods and the bytes of the messages, and nothing of ours. */
export class HealthClient {
  readonly #client: Client;

  constructor(address: HealthAddress) {
    this.#client =
      'socket' in address
        ? new Client(`unix:${address.socket}`, credentials.createInsecure(), CHANNEL_OPTIONS)
        : new Client(`dns:127.0.0.1:${address.port}`, clientTls(address), CHANNEL_OPTIONS);
  }

  /** The number of the status, as health.proto has it. @throws ServiceError */
  check(service = ''): Promise<number> {
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, reply?: Buffer): void => {
        if (error !== null || reply === undefined) reject(error);
        else resolve(statusIn(reply));
      };
      this.#client.makeUnaryRequest('/grpc.health.v1.Health/Check', bytes, bytes, requestFor(service), done);
    });
  }

  /** The statuses as they come, until the server ends the call. */
  async *watch(service = ''): AsyncGenerator<number, void, undefined> {
    const path = '/grpc.health.v1.Health/Watch';
    const call = this.#client.makeServerStreamRequest(path, bytes, bytes, requestFor(service));
    for await (const reply of call) yield statusIn(reply as Buffer);
  }

  close(): void {
    this.#client.close();
  }
}

/** Field 1, a string. */
function requestFor(service: string): Buffer {
  return service === '' ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, service.length]), Buffer.from(service)]);
}

/** Field 1, a varint below 128. */
function statusIn(reply: Buffer): number {
  if (reply.length !== 2 || reply[0] !== 0x08) throw new Error(`no answer of a health service: ${reply.toString('hex')}`);
  return reply[1] ?? 0;
}
