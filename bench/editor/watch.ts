import type { CDPSession, Page } from 'playwright-core';
import { longestFreeze, watchFreezes } from '../../test/bed/freezes.ts';
import type { Window } from '../../test/bed/window.ts';

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
