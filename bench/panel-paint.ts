/**
 * How long the run report takes to show its first rows, and what the whole run costs its page, from a freshly opened panel
 * in Chromium that is told of a run of so many tests. `node bench/panel-paint.ts [rounds]`
 */
import { loadavg } from 'node:os';
import { launchBrowser } from '../test/bed/browser.ts';
import { firstPaint } from '../test/ui/panel/first-paint.ts';
import { bundlePanel, openPanel } from '../test/ui/panel/harness.ts';

const promisedMs = 200;
const sizes = [50, 10_000] as const;
const rounds = Number(process.argv[2] ?? 15);

interface Paint {
  readonly ms: number;
  readonly cpuMs: number;
}

const [browser, bundle] = await Promise.all([launchBrowser(), bundlePanel()]);
const paint = async (size: number): Promise<Paint> => {
  const panel = await openPanel(browser, bundle);
  try {
    const started = await panel.page.evaluate(startedMs);
    const { ms, cpuMs } = await firstPaint(panel.page, size);
    return { ms: started + ms, cpuMs };
  } finally {
    await panel.close();
  }
};

const paints = new Map<number, Paint[]>(sizes.map(size => [size, []]));
const loads: number[] = [];
// The first page of a browser pays for what all others share.
await paint(sizes[0]);
for (let round = 0; round < rounds; round++) {
  // Each is first as often as the other.
  for (const size of round % 2 === 0 ? sizes : sizes.toReversed()) paints.get(size)!.push(await paint(size));
  loads.push(loadavg()[0]!);
}
await browser.close();

const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);
const of = (size: number, what: keyof Paint) => {
  const values = sorted(paints.get(size)!.map(each => each[what]));
  return { best: values[0]!, median: values[values.length >> 1]! };
};
console.log(`${rounds} rounds, load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`);
for (const size of sizes) {
  const [ms, cpuMs] = [of(size, 'ms'), of(size, 'cpuMs')];
  console.log(
    `${String(size).padStart(6)} rows: first rows after ${ms.best.toFixed(0)} ms at best, median ${ms.median.toFixed(0)} ms; ` +
      `all of them ${cpuMs.median.toFixed(0)} ms of CPU (median)`,
  );
}
const ratio = (what: keyof Paint) => (of(sizes[1], what).median / of(sizes[0], what).median).toFixed(2);
console.log(`10,000 rows to 50: first rows ${ratio('ms')} × the time, all of them ${ratio('cpuMs')} × the CPU`);
console.log(
  `promised: ${promisedMs} ms for the first rows of 10,000; median here ${of(10_000, 'ms').median.toFixed(0)} ms`,
);

/** Runs in the page: from the first line of the panel's script to its end, when it had told the editor that it is ready. */
function startedMs(): number {
  const [script, ready] = ['script', 'ready'].map(name => performance.getEntriesByName(name)[0]!.startTime);
  return ready! - script!;
}
