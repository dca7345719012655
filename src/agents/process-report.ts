import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { PastRun } from '../protocol/history.ts';
import type { LeftProcess } from '../protocol/limits.ts';
import type { CageStatus } from '../protocol/messages.ts';
import type { Folder } from '../protocol/tests.ts';
import { isFailure, type TestRecord } from '../protocol/verdict.ts';
import { oneLine, plural, tail, withoutControls } from '../reports/excerpt.ts';
import { countsText } from '../reports/totals.ts';
import { mechanismLabel } from '../reports/wording.ts';
import { fullTitle } from './choice.ts';
import type { AgentEngine } from './engine.ts';
import { type ReportInput, ToolProblem } from './input.ts';
import { foldersOf, mostCharacters } from './run-tests.ts';
import { nameText, testLines } from './test-text.ts';

const mostRuns = 1000;
const mostTests = 25;
const mostHungry = 5;
const mostLeft = 10;
const outputLines = 10;
const outputBytes = 1200;

/** What tests of a run that is over, or goes on, did to the machine, and what is alive now. */
export async function processReport(
  { test, run }: ReportInput,
  engine: AgentEngine,
  most = mostCharacters,
): Promise<string> {
  const folders = foldersOf(await engine.projects());
  const runs = await engine.ask('history', { limit: run === null ? 1 : mostRuns });
  const past = run === null ? runs[0] : runs.find(each => each.run.startsWith(run));
  const { cages } = await engine.ask('status', {});
  if (!past && run !== null) throw new ToolProblem(`There is no run "${oneLine(run, 60)}" in the history.`);
  const now = aliveText(cages);
  if (!past) return `No run has been kept yet: use run_tests_safely first.\n\n${now}`;
  const { shown, matching } = await testsOf(past.run, test, engine);
  if (test !== null && matching === 0)
    throw new ToolProblem(`No test of run ${past.run} has "${oneLine(test, 100)}" in its title or path.`);
  const blocks = [headText(past), now];
  let length = blocks.join('').length;
  let told = 0;
  for (const record of shown) {
    const block = recordText(record, folders, test !== null);
    if (length + block.length > most) break;
    length += block.length + 2;
    blocks.push(block);
    told++;
  }
  if (matching > told) blocks.push(`And ${plural(matching - told, 'more test')}: name one with "test".`);
  return blocks.join('\n\n');
}

/** Those that are asked for, or those that did not pass and those that need the most memory. */
async function testsOf(
  run: string,
  wanted: string | null,
  engine: AgentEngine,
): Promise<{ readonly shown: readonly TestRecord[]; readonly matching: number }> {
  const word = wanted?.toLowerCase();
  const found: TestRecord[] = [];
  let hungry: TestRecord[] = [];
  let matching = 0;
  for (let after: number | null = 0; after !== null;) {
    const page: { readonly records: readonly TestRecord[]; readonly next: number | null } = await engine.ask(
      'records',
      {
        run,
        after,
      },
    );
    for (const record of page.records) {
      const tells =
        word === undefined ? isFailure(record.verdict.kind) || leftOf(record).length > 0 : names(record, word);
      if (tells) matching++;
      if (tells && found.length < mostTests) found.push(record);
    }
    if (word === undefined) hungry = hungriest([...hungry, ...page.records]);
    after = page.next;
  }
  const more = hungry.filter(record => !found.includes(record));
  return { shown: [...found, ...more], matching: matching + more.length };
}

function names(record: TestRecord, word: string): boolean {
  return `${fullTitle(record.test)}\n${record.test.file.replaceAll('\\', '/')}`.toLowerCase().includes(word);
}

function hungriest(records: readonly TestRecord[]): TestRecord[] {
  const measured = records.filter(({ usage }) => usage.peakMemoryBytes !== null && !usage.shared);
  return measured
    .toSorted((a, b) => (b.usage.peakMemoryBytes ?? 0) - (a.usage.peakMemoryBytes ?? 0))
    .slice(0, mostHungry);
}

function headText({ run, startedAt, state, planned, counts, durationMs }: PastRun): string {
  const at = new Date(startedAt).toISOString();
  return `Run ${run} of ${at}, ${state} after ${formatDuration(durationMs)}: ${countsText({ planned, counts })}.`;
}

function recordText(record: TestRecord, folders: readonly Folder[], withOutput: boolean): string {
  const { usage, limits, cage } = record;
  const shared = usage.shared ? ' (together with the other tests of its cage)' : '';
  const numbers = [
    `peak memory ${text(usage.peakMemoryBytes, formatBytes)} of ${limits.memoryBytes === null ? 'no cap' : formatBytes(limits.memoryBytes)}`,
    `CPU ${text(usage.cpuMs, formatDuration)}`,
    `${text(usage.maxProcesses, String)} processes at once`,
    `time limit ${limits.timeoutMs === null ? 'none' : formatDuration(limits.timeoutMs)}`,
    `cage: ${mechanismLabel(cage)}`,
  ];
  const left = leftOf(record);
  const total = record.attributes.reduce((sum, each) => sum + (each.kind === 'leaked-processes' ? each.total : 0), 0);
  const lines = [
    ...testLines(record),
    `Numbers: ${numbers.join(', ')}${shared}`,
    ...left.slice(0, mostLeft).map(each => `Left behind and killed: ${leftText(each)}`),
    ...(total > mostLeft ? [`and ${plural(total - mostLeft, 'more process', 'more processes')}`] : []),
    ...(withOutput ? outputOf(record) : []),
  ];
  return [nameText(record, folders), ...lines.map(line => `   ${line}`)].join('\n');
}

function leftOf({ attributes }: TestRecord): LeftProcess[] {
  return attributes.flatMap(each => (each.kind === 'leaked-processes' ? each.processes : []));
}

function leftText({ pid, command, ageMs, startedBy = [], listensAt = [] }: LeftProcess): string {
  const facts = [
    ...(ageMs === undefined ? [] : [`${formatDuration(ageMs)} old`]),
    ...(startedBy.length > 0 ? [`started by ${startedBy.map(name => oneLine(name, 40)).join(' ← ')}`] : []),
    ...(listensAt.length > 0 ? [`listening at ${listensAt.join(', ')}`] : []),
  ];
  return `${oneLine(command, 160) || 'unnamed'} (pid ${[pid, ...facts].join(', ')})`;
}

function outputOf({ output }: TestRecord): string[] {
  const { text: end, cut } = tail(withoutControls(output.text), outputLines, outputBytes);
  if (end === '') return [];
  const file = output.file === undefined ? '' : ` All of it: ${output.file}`;
  return [`${cut ? 'The end of its output' : 'Its output'}:${file}`, ...end.split('\n').map(line => `| ${line}`)];
}

function aliveText(cages: readonly CageStatus[]): string {
  if (cages.length === 0) return 'Alive now: no test process.';
  const lines = cages
    .slice(0, 20)
    .flatMap(({ label, memoryBytes, memoryCapBytes, ageMs, processes }) => [
      `- ${oneLine(label, 100)}: ${text(memoryBytes, formatBytes)} of ${memoryCapBytes === null ? 'no cap' : formatBytes(memoryCapBytes)}, for ${formatDuration(ageMs)}`,
      ...processes
        .slice(0, 5)
        .map(each => `  - pid ${each.pid}, ${formatBytes(each.memoryBytes)}: ${oneLine(each.command, 100)}`),
    ]);
  return [`Alive now: ${plural(cages.length, 'cage')}.`, ...lines].join('\n');
}

function text(value: number | null, format: (value: number) => string): string {
  return value === null ? 'not measured' : format(value);
}
