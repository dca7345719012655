import type { Page } from 'playwright-core';
import type { ToPanel } from '../../../src/panel/messages.ts';
import { headOf, manyRows, summaryOf } from './samples.ts';

/** As the host sends them. */
export const perBatch = 1_000;

export interface FirstPaint {
  /** From the first message to the frame after the first rows. */
  readonly ms: number;
  /** What the page's own thread worked until all of the run was shown: a busy machine stretches every time, and this hardly. */
  readonly cpuMs: number;
  /** Rows in the page then, and how many there were to scroll through. */
  readonly made: number;
  readonly known: number;
}

/** A run that has ended, as the host tells it to a panel that was just opened. */
export function endedRun(count: number, run = 'run-1'): ToPanel[] {
  const all = manyRows(count).map(row => ({ ...row, key: `${run}/${row.key}` }));
  const messages: ToPanel[] = [{ type: 'run', run: headOf(count, { run }) }];
  for (let from = 0; from < count; from += perBatch)
    messages.push({ type: 'records', records: all.slice(from, from + perBatch) });
  return [...messages, { type: 'ended', summary: summaryOf(count, { run }) }];
}

/** Returns when all of the run is shown. */
export async function firstPaint(page: Page, count: number, run?: string): Promise<FirstPaint> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value;
  };
  // Before the clock starts, and as one text: to unpack them in the page is the work of the test, not of the panel.
  const messages = JSON.stringify(endedRun(count, run));
  await page.evaluate(text => void Object.assign(window, { messages: JSON.parse(text) as unknown }), messages);
  const before = await worked();
  const paint = await page.evaluate(sendAndPaint);
  const cpuMs = (await worked()) - before;
  await session.detach();
  return { ...paint, cpuMs };
}

/** Runs in the page. Each message is a task of its own there, as in the editor. */
async function sendAndPaint(): Promise<Omit<FirstPaint, 'cpuMs'>> {
  const { messages } = window as unknown as { messages: readonly ToPanel[] };
  const frame = () => new Promise(resolve => requestAnimationFrame(resolve));
  const { run, planned } = (messages[0] as Extract<ToPanel, { type: 'run' }>).run;
  const rows = () => document.querySelectorAll(`tr[data-key^="${run}/"]`).length;
  const known = () => Number(document.querySelector('[aria-rowcount]')?.getAttribute('aria-rowcount') ?? 1) - 1;
  await frame();
  const began = performance.now();
  const shown = new Promise<{ made: number; known: number }>(resolve => {
    const observer = new MutationObserver(() => {
      if (rows() === 0) return;
      observer.disconnect();
      resolve({ made: rows(), known: known() });
    });
    observer.observe(document, { childList: true, subtree: true });
  });
  for (const data of messages) setTimeout(() => window.dispatchEvent(new MessageEvent('message', { data })));
  const first = await shown;
  // The frame after the one in which they were made: by then they were painted.
  await frame();
  await frame();
  const ms = performance.now() - began;
  while (known() < planned || !document.querySelector('.phase')?.textContent?.startsWith('Finished')) await frame();
  return { ms, ...first };
}
