import type * as v8 from 'node:v8';
import type * as vm from 'node:vm';
import type { Window } from './window.ts';

export interface HostMemory {
  readonly heapMiB: number;
  readonly rssMiB: number;
}

/** Of the extension host, after its garbage has been collected: with all that VS Code's own extensions have there. */
export async function hostMemory({ bridge }: Window): Promise<HostMemory> {
  return bridge.evaluate(({ require: load }) => {
    const { setFlagsFromString } = load('node:v8') as typeof v8;
    const { runInNewContext } = load('node:vm') as typeof vm;
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    const { heapUsed, rss } = process.memoryUsage();
    return { heapMiB: Math.round(heapUsed / 1024 ** 2), rssMiB: Math.round(rss / 1024 ** 2) };
  });
}
