import type { ServerResponse } from 'node:http';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Reply } from './reply.js';

export interface StreamEvent {
  readonly name: string;
  readonly value: unknown;
}

/** Those who look, each with a stream of server-sent events. */
export class EventStreams {
  readonly #open = new Set<ServerResponse>();
  readonly #alive = setInterval(() => this.#write(': alive\n\n'), limits.dashboardEventsAliveEveryMs).unref();

  /** @param first what a new one has to know */
  join(first: readonly StreamEvent[]): Reply {
    return {
      kind: 'stay',
      begin: (response) => {
        this.#makeRoom();
        this.#open.add(response);
        response.once('close', () => this.#open.delete(response));
        response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
        response.write(`retry: 2000\n\n${first.map(textOf).join('')}`);
      },
    };
  }

  /** Somebody looks at the newest page; the oldest may be forgotten, and hears that it is not to come again at once. */
  #makeRoom(): void {
    const [oldest] = this.#open;
    if (oldest === undefined || this.#open.size < limits.dashboardEventStreamsMax) return;
    this.#open.delete(oldest);
    oldest.end(textOf({ name: 'crowded', value: {} }));
  }

  tell(event: StreamEvent): void {
    if (this.#open.size > 0) this.#write(textOf(event));
  }

  close(): void {
    clearInterval(this.#alive);
    for (const response of this.#open) response.end();
  }

  /** Who does not read is not waited for. */
  #write(text: string): void {
    for (const response of this.#open) {
      if (response.writableLength > limits.dashboardEventsUnreadMaxBytes) response.destroy();
      else response.write(text);
    }
  }
}

function textOf({ name, value }: StreamEvent): string {
  return `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`;
}
