import type * as v8 from 'node:v8';
import type * as vm from 'node:vm';
import type { CDPSession, Page } from 'playwright-core';
import { longestFreeze, watchFreezes } from '../../test/bed/freezes.ts';
import type { Window } from '../../test/bed/window.ts';

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

/** The largest that the extension host's memory has been since it began. */
export async function hostPeakMiB({ bridge }: Window): Promise<number> {
  return bridge.evaluate(() => Math.round(process.resourceUsage().maxRSS / 1024));
}

export interface Pageful {
  readonly wallMs: number;
  /** The processor time of the page's main thread: what all that happened meanwhile cost it, whatever else the machine did. */
  readonly uiMs: number;
  /** The longest freeze by the clock, and what is left of it without the time that the thread waited for a processor. */
  readonly freezeMs: number;
  readonly ownFreezeMs: number;
}

/** What an action costs the window. */
export async function watched(page: Page, action: () => Promise<unknown>): Promise<Pageful> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await watchFreezes(page);
  const [began, before] = [performance.now(), await taken(session)];
  await action();
  const [wallMs, after] = [performance.now() - began, await taken(session)];
  const freezeMs = await longestFreeze(page);
  await session.detach();
  const uiMs = after.processor - before.processor;
  return { wallMs, uiMs, freezeMs, ownFreezeMs: (freezeMs * uiMs) / Math.max(uiMs, after.tasks - before.tasks) };
}

/** Of the main thread so far: its processor time, and the time by the clock that its tasks took. */
async function taken(session: CDPSession): Promise<{ processor: number; tasks: number }> {
  const { metrics } = await session.send('Performance.getMetrics');
  const ms = (wanted: string) => 1000 * (metrics.find(({ name }) => name === wanted)?.value ?? NaN);
  return { processor: ms('ThreadTime'), tasks: ms('TaskDuration') };
}
