/**
 * The Test Explorer and the run report at 200,000 tests, in a real VS Code in Chromium with the Test Explorer open:
 * `node bench/editor-scale.ts [--files=2000] [--each=100] [--only=activation,tree,run,large,flood] [--check]`, after `npm run package`.
 */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { hostMemory } from '../test/bed/host-memory.ts';
import { openWindow, type Window } from '../test/bed/window.ts';
import {
  type BenchWorkspace,
  failedLine,
  mochaWorkspace,
  printingWorkspace,
  tapWorkspace,
} from './editor/workspace.ts';
import { hostPeakMiB, type Pageful, watched } from './editor/watch.ts';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '2000' },
    each: { type: 'string', default: '100' },
    only: { type: 'string', default: 'activation,tree,run,large,flood' },
    check: { type: 'boolean', default: false },
  },
});
const files = Number(values.files);
const each = Number(values.each);
const parts: Record<string, () => Promise<void>> = {
  activation: () => activation(),
  tree: () => tree(),
  run: () => runPassing('a quarter of the tests', Math.ceil(files / 4), { uiMs: 15_000, ownFreezeMs: 1_000 }),
  large: () => runPassing('all tests', files, { hostMiB: 400 }),
  flood: () => flood(),
};
const broken: string[] = [];
const activations = 5;
/** V8 gives back the room that it had for new objects when it has had little to do for some seconds. */
const settlingMs = 15_000;

console.log('| what | tests | value | promised | load |\n|---|---|---|---|---|');
for (const name of values.only.split(',')) {
  const part = parts[name];
  if (!part) throw new Error(`There is no part "${name}"; there are ${Object.keys(parts).join(', ')}.`);
  await part();
}
console.log(broken.length > 0 ? `\nNot held: ${broken.join('; ')}.` : '\nAll of it held.');
if (values.check && broken.length > 0) process.exitCode = 1;

/** A folder with tests is opened; one without any does not even load Bulkhead. */
async function activation(): Promise<void> {
  const workspace = mochaWorkspace(1, 1);
  try {
    const taken: number[] = [];
    while (taken.length < activations) {
      const window = await openWindow({ folder: workspace.folder });
      const status = window.workbench.statusBarItem('status');
      await status.waitFor();
      taken.push(await window.bridge.evaluate(({ extension }) => (extension as Activated).activationCpuMs));
      await window.close();
    }
    taken.sort((a, b) => a - b);
    row('activation, the median: processor time of the extension host', 1, taken[activations >> 1]!, 20, 'ms');
    row('activation, the longest', 1, taken.at(-1)!, undefined, 'ms');
  } finally {
    workspace.remove();
  }
}

/** Nobody has run anything: the files are listed, and one of them is opened. */
async function tree(): Promise<void> {
  const workspace = mochaWorkspace(files, each);
  const window = await openWindow({ folder: workspace.folder });
  const { page } = window.workbench;
  const tests = files * each;
  try {
    const before = await hostMemory(window);
    const listed = await watched(page, () => window.workbench.openTestExplorer());
    tell('files listed', tests, listed, {});
    // The warden is there from now on, so that this is about the window alone.
    const last = `part-${String(Math.floor((files - 1) / 100)).padStart(2, '0')}`;
    await window.workbench.expand('test');
    const opened = await watched(page, () => window.workbench.expand(last));
    tell('folder opened', tests, opened, { wallMs: 500, ownFreezeMs: 300 });
    const file = `file-${String(files - 1).padStart(4, '0')}.test.js`;
    const found = await watched(page, async () => {
      // Rows that are out of sight are not there.
      await page.keyboard.press('End');
      await window.workbench.expand(file);
      while (!(await window.workbench.row(`test ${each - 1}`).isVisible())) {
        await page.keyboard.press('End');
        await sleep(50);
      }
    });
    tell('file opened, by a process of mocha', tests, found, { ownFreezeMs: 300 });
    const after = await hostMemory(window);
    row('extension host, heap', tests, after.heapMiB - before.heapMiB, 100, 'MiB more');
    row('extension host, resident', tests, after.rssMiB - before.rssMiB, undefined, 'MiB more');
  } finally {
    await window.close();
    workspace.remove();
  }
}

interface Activated {
  readonly activationCpuMs: number;
}

interface Promised extends Partial<Pageful> {
  readonly hostMiB?: number;
}

function runPassing(what: string, ofFiles: number, promised: Promised): Promise<void> {
  return run(what, tapWorkspace(ofFiles, each), ofFiles * each, / passed/, promised);
}

/** Failures with more to say than anybody reads, and a test that prints a gibibyte. */
async function flood(): Promise<void> {
  const failures = 10_000;
  await run('failures', tapWorkspace(failures / 100, 100, failedLine), failures, / failed of /, {});
  await run('output', printingWorkspace(1024), 1, / passed/, {});
}

async function run(
  what: string,
  workspace: BenchWorkspace,
  tests: number,
  end: RegExp,
  promised: Promised,
): Promise<void> {
  const window = await openWindow({ folder: workspace.folder });
  const { workbench } = window;
  try {
    await workbench.openTestExplorer();
    const before = await hostMemory(window);
    const cost = await watched(workbench.page, async () => {
      await workbench.command('Bulkhead: Run All Tests');
      // Its last words: the numbers of a run that goes on look otherwise.
      await workbench.statusBarItem('status').filter({ hasText: end }).waitFor({ timeout: 1_200_000 });
    });
    tell(`${what} run`, tests, cost, promised);
    const after = await hostMemory(window);
    row(`${what}: extension host, heap`, tests, after.heapMiB, promised.hostMiB, 'MiB');
    row(`${what}: extension host, resident at once`, tests, after.rssMiB, undefined, 'MiB');
    await sleep(settlingMs);
    const settled = (await hostMemory(window)).rssMiB;
    row(`${what}: extension host, resident 15 s later`, tests, settled, promised.hostMiB, 'MiB');
    row(`${what}: extension host, heap before`, tests, before.heapMiB, undefined, 'MiB');
    row(`${what}: extension host, most ever resident`, tests, await hostPeakMiB(window), undefined, 'MiB');
    if (tests > 1) await reachable(window, tests, what);
  } finally {
    await window.close();
    workspace.remove();
  }
}

/** The report has a row for each test: their number, and the last of them. */
async function reachable(window: Window, tests: number, what: string): Promise<void> {
  const { workbench } = window;
  const report = workbench.webview();
  const cost = await watched(workbench.page, async () => {
    await workbench.command('Bulkhead: Show Run Report');
    await report.getByRole('searchbox').waitFor({ timeout: 120_000 });
    await report.getByRole('searchbox').fill(`case ${tests - 1}`);
    await report.locator('tr[data-key]', { hasText: `case ${tests - 1}` }).waitFor({ timeout: 300_000 });
  });
  tell(`${what}: the last one found in the report`, tests, cost, {});
  const { heapMiB } = await hostMemory(window);
  row(`${what}: extension host with the report, heap`, tests, heapMiB, undefined, 'MiB');
}

function tell(what: string, tests: number, cost: Pageful, promised: Partial<Pageful>): void {
  const { wallMs, uiMs, freezeMs, ownFreezeMs } = cost;
  row(`${what}: by the clock`, tests, wallMs, promised.wallMs, 'ms');
  row(`${what}: processor time of the window`, tests, uiMs, promised.uiMs, 'ms');
  row(`${what}: longest freeze by the clock`, tests, freezeMs, undefined, 'ms');
  row(`${what}: longest freeze`, tests, ownFreezeMs, promised.ownFreezeMs, 'ms');
}

function row(what: string, tests: number, value: number, promised: number | undefined, unit: string): void {
  const [load] = loadavg();
  const shown = `${Math.round(value).toLocaleString('en-US')} ${unit}`;
  console.log(`| ${what} | ${tests.toLocaleString('en-US')} | ${shown} | ${promised ?? ''} | ${load?.toFixed(1)} |`);
  if (promised !== undefined && value > promised) broken.push(`${what} (${shown}, promised ${promised})`);
}
