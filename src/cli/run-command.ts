import { randomUUID } from 'node:crypto';
import { isFailure, type TestRecord, verdictKinds } from '../protocol/verdict.ts';
import type { Problem, RunSummary, Selection } from '../protocol/messages.ts';
import { plural } from '../reports/excerpt.ts';
import { jsonReport } from '../reports/json.ts';
import { coverageText } from '../reports/coverage.ts';
import { onlyKeys } from './chosen-tests.ts';
import type { ResumeCommand, RunCommand } from './commands.ts';
import { Connection, WardenGone } from './connection.ts';
import { writeLcov } from './coverage.ts';
import { exitCodes } from './exit-codes.ts';
import { noTestsIn } from './no-tests.ts';
import type { Program } from './program.ts';
import { Progress } from './progress.ts';
import { Records } from './records.ts';
import { prepareReport, writeReport } from './report-files.ts';
import { readSetup, type Setup } from './setup.ts';
import { prepareStorage } from './storage.ts';
import { summaryText, totals } from './summary-text.ts';
import { selectTargets } from './targets.ts';

/** Between two lines of a log that is otherwise silent. */
const heartbeatMs = 15_000;

/** A run that begins, or one that goes on. */
export interface Beginning {
  readonly id: string;
  /** What it has done already. */
  readonly earlier: readonly TestRecord[];
  readonly coverage: boolean;
  readonly begin: (connection: Connection, selection: Selection) => Promise<RunSummary>;
}

export function runCommand(command: RunCommand, program: Program): Promise<number> {
  const id = randomUUID();
  const { layer: overrides, coverage } = command;
  // The flags are said again, so that the run's journal has them for its resumption.
  return executeRun(command, program, {
    id,
    earlier: [],
    coverage,
    begin: (connection, selection) =>
      connection.ask('run', { run: id, selection, overrides, ...(coverage ? { coverage } : {}) }),
  });
}

export async function executeRun(
  command: RunCommand | ResumeCommand,
  program: Program,
  beginning: Beginning,
): Promise<number> {
  const { console, env, dist } = program;
  const setup = await readSetup(command, env, program.cwd);
  const unwritable = (
    await Promise.all([...command.reports, ...command.lcov.map(file => ({ file }))].map(prepareReport))
  ).filter(problem => problem !== null);
  const problems = [...setup.problems, ...unwritable];
  console.complain(problems);
  if (!('folder' in setup) || problems.some(isError)) return exitCodes.usage;

  const folder = setup.folder.folder.path;
  const storage = await prepareStorage(folder);
  if (storage.problem) console.complain([storage.problem]);
  const { quiet, verbose } = command;
  const progress = new Progress(console.people, { folder, quiet, verbose, heartbeatMs, told: problems });
  const records = new Records(command.json || command.reports.length > 0);
  for (const record of beginning.earlier) records.add(record);
  try {
    const connection = await Connection.open({
      dist,
      env,
      storage: storage.path,
      folder: setup.folder,
      onNotice: notice => {
        if (notice.notice === 'record') records.add(notice.record);
        progress.hear(notice);
      },
    });
    try {
      return await runWith(connection, setup, { command, program, progress, records, beginning });
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (error instanceof WardenGone && progress.planned > 0) {
      progress.end();
      const done = `${progress.done.toLocaleString('en-US')} of ${plural(progress.planned, 'test')} had a verdict`;
      console.people.print(`The run ended before its time: ${done}. They are kept in ${storage.path}.`);
    }
    throw error;
  } finally {
    progress.end();
  }
}

interface Run {
  readonly command: RunCommand | ResumeCommand;
  readonly beginning: Beginning;
  readonly program: Program;
  readonly progress: Progress;
  readonly records: Records;
}

async function runWith(connection: Connection, { folder, targets }: Setup, run: Run): Promise<number> {
  const { program, progress, beginning } = run;
  const { console, interruption, suspension } = program;
  suspension.whenAsked({ suspend: () => connection.ask('freeze', {}), resume: () => connection.ask('thaw', {}) });
  const found = await Promise.race([connection.ask('projects', {}), interruption.requested]);
  if (typeof found === 'number') return found;
  found.problems.forEach(problem => progress.problem(problem));
  // Its files were not even listed, so nothing can be said of the targets.
  if (found.problems.some(problem => isError(problem) && problem.key === 'cage.require')) return exitCodes.usage;
  const { selection, problems } = selectTargets(targets, found.projects);
  console.complain(problems);
  if (problems.length > 0) return exitCodes.usage;
  // Whoever names files is not told off for a framework that these files do not need.
  const unusable = targets.length === 0 && found.problems.some(isError);
  // A run that goes on owes each of its tests a verdict, also where there is no project any more.
  if (found.projects.length === 0 && run.command.command === 'run') {
    if (!unusable) console.complain([noTestsIn(folder.folder.path)]);
    return unusable ? exitCodes.usage : exitCodes.noTests;
  }

  const chosen = await onlyKeys(selection, run.command.keys, (project, file) =>
    connection.ask('discover', { project, file }),
  );
  console.complain(chosen.problems);
  if (chosen.problems.length > 0) return exitCodes.usage;

  const { id, earlier } = beginning;
  interruption.whenAsked(hard => {
    // That the warden is gone is heard by the question about the run.
    connection.ask('stop', { run: id, hard }).catch(() => undefined);
  });
  const summary = await beginning.begin(connection, chosen.selection);
  summary.problems.forEach(problem => progress.problem(problem));
  progress.end();
  const reported = await show(summary, connection, folder.folder.path, run);
  const covered = !beginning.coverage || (await showCoverage(connection, folder.folder.path, run));
  if (interruption.exitCode !== null) return interruption.exitCode;
  if (!reported || !covered || earlier.length + progress.done !== summary.planned) return exitCodes.infrastructure;
  if (summary.unkept) return exitCodes.infrastructure;
  if (verdictKinds.some(kind => isFailure(kind) && summary.counts[kind])) return exitCodes.failed;
  if (unusable) return exitCodes.usage;
  return summary.planned === 0 ? exitCodes.noTests : exitCodes.passed;
}

/** Prints and writes what was asked for; false when something of it was not possible. */
async function show(summary: RunSummary, { cage }: Connection, folder: string, run: Run): Promise<boolean> {
  const { command, program, progress, records } = run;
  const { people } = program.console;
  // One that was stopped had not looked everywhere.
  if (summary.planned === 0 && !summary.cancelled) program.console.complain([noTestsIn(folder)]);
  people.print(
    command.quiet ? totals(summary, people).join('\n') : summaryText(summary, progress.failed, cage, people),
  );
  const done = run.beginning.earlier.length + progress.done;
  if (done !== summary.planned) {
    people.print(`A fault of Bulkhead: ${summary.planned} tests were planned and ${done} have a verdict.`);
  }
  if (records.shortened > 0) {
    people.print(`The output of ${plural(records.shortened, 'test')} is left out of the reports; the journal has it.`);
  }
  const report = { version: program.version, folder, cage, summary, records: records.all };
  if (command.json) await program.console.document(jsonReport(report));
  const faults = await Promise.all(command.reports.map(target => writeReport(target, report)));
  program.console.complain(faults.filter(fault => fault !== null));
  return faults.every(fault => fault === null);
}

async function showCoverage(connection: Connection, folder: string, run: Run): Promise<boolean> {
  const { command, program, beginning } = run;
  const coverage = await connection.ask('coverage', { run: beginning.id });
  const { people } = program.console;
  people.print(coverageText(coverage, folder).join('\n'));
  const target = { connection, run: beginning.id, folder };
  const faults = await Promise.all(command.lcov.map(file => writeLcov(file, coverage, target)));
  program.console.complain([...coverage.problems, ...faults.filter(fault => fault !== null)]);
  return faults.every(fault => fault === null);
}

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}
