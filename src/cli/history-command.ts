import { formatDuration } from '../config/quantities.ts';
import { canGoOn, type PastRun } from '../protocol/history.ts';
import { countsText } from '../reports/totals.ts';
import type { HistoryCommand } from './commands.ts';
import { exitCodes } from './exit-codes.ts';
import { pastRuns } from './past-runs.ts';
import type { Program } from './program.ts';
import { readSetup } from './setup.ts';
import { storageOf } from './storage.ts';
import type { Style, Terminal } from './terminal.ts';

/** The runs that are kept: an answer, never a failure. */
export async function historyCommand(command: HistoryCommand, program: Program): Promise<number> {
  const { console, env, cwd } = program;
  const setup = await readSetup(command, env, cwd);
  if (!('folder' in setup)) {
    console.complain(setup.problems);
    return exitCodes.usage;
  }
  const folder = setup.folder.folder.path;
  const runs = pastRuns(storageOf(folder), problem => console.complain([problem]), command.limit);
  if ('message' in runs) {
    console.complain([runs]);
    return exitCodes.infrastructure;
  }
  if (command.json) {
    await console.document([`${JSON.stringify({ format: 1, bulkhead: program.version, folder, runs }, null, 2)}\n`]);
    return exitCodes.passed;
  }
  const { people } = console;
  for (const run of runs) people.print(runLine(run, people));
  const last = runs.find(canGoOn);
  if (runs.length === 0) people.print(`No runs are kept in ${storageOf(folder)}.`);
  if (last) people.print(`\n${goOnText(last)}`);
  return exitCodes.passed;
}

export function runLine(run: PastRun, terminal: Terminal): string {
  const cells = [
    terminal.style('bold', run.run.slice(0, 8)),
    new Date(run.startedAt).toLocaleString('sv-SE'),
    terminal.style(styleOf(run), run.state.padEnd('interrupted'.length)),
    formatDuration(run.durationMs).padStart(9),
    countsText(run) + withoutVerdict(run),
    ...(run.missing > 0 ? [terminal.style('yellow', missingText(run.missing))] : []),
  ];
  return cells.join('  ');
}

export function goOnText({ run }: PastRun): string {
  return `To go on with what has no verdict: bulkhead resume ${run.slice(0, 8)}`;
}

export function missingText(missing: number): string {
  return `${missing.toLocaleString('en-US')} ${missing === 1 ? 'entry' : 'entries'} of its journal cannot be read or could not be written`;
}

export function withoutVerdict({ planned, recorded }: PastRun): string {
  const open = planned - recorded;
  return open > 0 ? `, ${open.toLocaleString('en-US')} without a verdict` : '';
}

function styleOf({ state }: PastRun): Style {
  switch (state) {
    case 'ended':
      return 'green';
    case 'running':
      return 'bold';
    case 'stopped':
    case 'interrupted':
      return 'yellow';
  }
}
