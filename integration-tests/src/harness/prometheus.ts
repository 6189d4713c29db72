import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** The samples of a page in Prometheus' text format, by name and labels as they are written: `up`, `runs{block="a"}`. */
export class Metrics {
  readonly #samples = new Map<string, number>();
  readonly #types = new Map<string, string>();

  /** Reads a page where an agent serves it. It must be one that Prometheus takes, with names and labels as its conventions want them. */
  static async scrape(port: number): Promise<Metrics> {
    // Without an agent of Node's: the connection does not outlive the answer, and is in no count of sockets.
    const request = get({ host: '127.0.0.1', port, path: '/metrics', agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    assert.match(response.headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
    return new Metrics(await text(response));
  }

  constructor(page: string) {
    assert.ok(page.endsWith('\n'), 'the last line has an end');
    const helped = new Set<string>();
    for (const line of page.split('\n').filter((one) => one !== '')) {
      const [, word, name = '', rest = ''] = /^# (HELP|TYPE) ([a-z_:][\w:]*) (.+)$/.exec(line) ?? [];
      if (word === 'HELP') helped.add(name);
      else if (word === 'TYPE') this.#declare(name, rest);
      else this.#add(line);
    }
    for (const name of this.#types.keys()) assert.ok(helped.has(name), `${name} has no help`);
  }

  /** @param sample as it is written */
  value(sample: string): number {
    return this.#samples.get(sample) ?? assert.fail(`no ${sample} in\n${[...this.#samples.keys()].join('\n')}`);
  }

  /** Of all its samples, whatever their labels. */
  sum(name: string): number {
    assert.ok(this.#types.has(name), `no ${name}`);
    return [...this.#samples].reduce((sum, [sample, value]) => (sample.replace(/\{.*/, '') === name ? sum + value : sum), 0);
  }

  has(sample: string): boolean {
    return this.#samples.has(sample);
  }

  get names(): readonly string[] {
    return [...this.#types.keys()];
  }

  #declare(name: string, type: string): void {
    assert.match(type, /^(counter|gauge|histogram|summary)$/, name);
    assert.ok(!this.#types.has(name), `${name} is declared twice`);
    if (name.startsWith('btsoot_')) {
      assert.equal(name.endsWith('_total'), type === 'counter', `${name} is a ${type}`);
      assert.doesNotMatch(name, /_(ms|us|milliseconds|minutes|kb|mb|percent)(_|$)/, 'base units');
    }
    this.#types.set(name, type);
  }

  #add(line: string): void {
    const label = '[a-zA-Z_]\\w*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
    const pattern = new RegExp(
      `^([a-zA-Z_:][\\w:]*)(\\{${label}(?:,${label})*\\})? (Na[Nn]|[-+]?Inf|[-+]?\\d[\\d.]*(?:e[-+]?\\d+)?)$`,
    );
    const [, name = '', labels = '', number] = pattern.exec(line) ?? assert.fail(`no sample: ${line}`);
    const family = [name, name.replace(/_(bucket|sum|count)$/, '')].find((one) => this.#types.has(one));
    assert.ok(family !== undefined, `${name} has no type`);
    const sample = `${name}${labels}`;
    assert.ok(!this.#samples.has(sample), `${sample} is there twice`);
    this.#samples.set(sample, Number(number));
  }
}
