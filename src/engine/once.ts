import type { Once } from '../frameworks/framework.ts';

/** Remembers what was begun under each key, also when it failed: a build that fails would fail again. */
export function onceEach(): Once {
  const begun = new Map<string, Promise<unknown>>();
  return <T>(key: string, work: () => Promise<T>) => {
    const known = begun.get(key) ?? work();
    begun.set(key, known);
    return known as Promise<T>;
  };
}
