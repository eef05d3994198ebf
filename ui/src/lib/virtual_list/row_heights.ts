/** The heights of a list's rows: measured where they were shown, estimated elsewhere. */
export class Heights {
  #heights: number[];
  /** tops[i]: where row i begins; one more than there are rows. Empty when out of date. */
  #tops: number[] = [];

  constructor(estimates: number[]) {
    this.#heights = estimates;
  }

  get n(): number {
    return this.#heights.length;
  }

  get total(): number {
    return this.top(this.n);
  }

  /** Where row `i` begins. */
  top(i: number): number {
    if (this.#tops.length === 0) {
      let y = 0;
      this.#tops = [0];
      for (const height of this.#heights) this.#tops.push((y += height));
    }
    return this.#tops[Math.max(0, Math.min(i, this.n))] ?? 0;
  }

  height(i: number): number {
    return this.#heights[i] ?? 0;
  }

  /** The row at `y`; the first or last one outside. */
  at(y: number): number {
    let low = 0;
    let high = this.n - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (this.top(mid) <= y) low = mid;
      else high = mid - 1;
    }
    return Math.max(0, low);
  }

  /** Notes a measured height; how much the row grew. */
  measure(i: number, height: number): number {
    const before = this.#heights[i];
    if (before === undefined || Math.abs(before - height) < 0.5) return 0;
    this.#heights[i] = height;
    this.#tops = [];
    return height - before;
  }

  /** Follows a change of the list. */
  splice(at: number, remove: number, estimates: number[]): void {
    this.#heights.splice(at, remove, ...estimates);
    this.#tops = [];
  }
}
