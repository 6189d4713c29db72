/** First in, first out. What waits is moved only when as much was taken. */
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
    if (2 * this.#head >= this.#items.length) this.#forgetTaken();
    return item;
  }

  #forgetTaken(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
