import { connect } from 'node:net';
import type { RemoteConfig } from '../config.js';
import type { RootHolder } from '../root-lock.js';
import type { Listening } from './root-rules.js';

const WAIT_MS = 2_000;
/** What those who listen on every address are reached by. */
const LOOPBACK: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Knocks at the port that the remote is to be served on. */
export async function lookAtPort({ host, port }: RemoteConfig['listen'], holder: RootHolder | null): Promise<Listening> {
  const isServed = holder?.purpose === 'serves it';
  return {
    address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    servedBy: isServed ? holder.pid : null,
    otherWork: holder === null || isServed ? null : `process ${holder.pid} ${holder.purpose}`,
    isAnswered: await isAnswered(LOOPBACK[host] ?? host, port),
  };
}

function isAnswered(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(WAIT_MS, end(false));
    socket.once('connect', end(true));
    socket.once('error', end(false));
  });
}
