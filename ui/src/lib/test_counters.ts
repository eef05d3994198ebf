/** How much work is done, for tests: counted and never timed, so that a busy computer is no fault. */

/** A list, and how often something was read of it. */
export function counted<T>(items: readonly T[]): { list: readonly T[]; n: () => number } {
  let n = 0;
  const list = new Proxy(items, {
    get: (target, key) => {
      n += 1;
      return Reflect.get(target, key) as unknown;
    },
  });
  return { list, n: () => n };
}

/** How many elements of arrays and letters of texts some work copies, joins or goes through. */
export function copied(work: () => void): number {
  let n = 0;
  const undo = [
    watch(Array.prototype, Symbol.iterator, (list) => (n += list.length)),
    watch(Array.prototype, "join", (list) => (n += list.length)),
    watch(Array.prototype, "splice", (list) => (n += list.length)),
    watch(Array.prototype, "slice", (_, result) => (n += (result as unknown[]).length)),
    watch(String.prototype, Symbol.iterator, (text) => (n += text.length)),
    watch(String.prototype, "indexOf", (text) => (n += text.length)),
  ];
  try {
    work();
  } finally {
    for (let i = 0; i < undo.length; i += 1) undo[i]?.();
  }
  return n;
}

/** Tells of every call of a method; gives what takes that back. */
function watch<T extends object>(
  owner: T,
  name: keyof T,
  tell: (self: T, result: unknown) => void,
): () => void {
  const method = owner[name] as (...args: unknown[]) => unknown;
  const watched = function (this: T, ...args: unknown[]): unknown {
    const result = Reflect.apply(method, this, args);
    tell(this, result);
    return result;
  };
  Object.defineProperty(owner, name, { value: watched, configurable: true, writable: true });
  return () =>
    Object.defineProperty(owner, name, { value: method, configurable: true, writable: true });
}
