/** The mock's clock: the browser's own, or one that a test advances. */

export interface Clock {
  now(): number;
  /** Calls `tick` again and again until the returned function is called. */
  every(ms: number, tick: () => void): () => void;
}

export const wallClock: Clock = {
  now: () => Date.now(),
  every: (ms, tick) => {
    const timer = setInterval(tick, ms);
    return () => {
      clearInterval(timer);
    };
  },
};

/** A clock that stands still until it is told. */
export class ManualClock implements Clock {
  #now: number;
  #timers = new Set<{ ms: number; due: number; tick: () => void }>();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  every(ms: number, tick: () => void): () => void {
    const timer = { ms, due: this.#now + ms, tick };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.due - b.due);
      if (!next || next.due > end) break;
      this.#now = next.due;
      next.due += next.ms;
      next.tick();
    }
    this.#now = end;
  }
}
