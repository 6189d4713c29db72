/** First in, first out, without moving what waits at every take. */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  add(item: T): void {
    this.#items.push(item);
  }

  take(): T | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) this.#empty();
    return item;
  }

  #empty(): void {
    this.#items = [];
    this.#head = 0;
  }
}
