/** Lets `most` pieces of work go on at once; the others wait, first come, first served. */
export function turns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = most;
  return async work => {
    if (free > 0) free--;
    else await new Promise<void>(resolve => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // A turn is handed on, not given back: nobody who comes later may take it before those who wait.
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
