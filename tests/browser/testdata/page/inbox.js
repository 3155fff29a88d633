// Inbox keeps what arrives and lets others wait for it.
export class Inbox {
  items = [];
  #waiting = [];

  push(item) {
    this.items.push(item);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  // until waits for test(items) to hold and returns the items.
  async until(test) {
    while (!test(this.items)) await new Promise((wake) => this.#waiting.push(wake));
    return this.items;
  }
}
