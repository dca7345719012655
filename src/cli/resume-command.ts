import { problemAt } from '../config/reading.ts';
import { runFolder } from '../engine/journal.ts';
import { stands } from '../engine/resumption.ts';
import { isOwned } from '../engine/run-owner.ts';
import { canGoOn, type PastRun } from '../protocol/history.ts';
import type { Problem } from '../protocol/messages.ts';
import type { TestKey } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import { plural } from '../reports/excerpt.ts';
import type { ResumeCommand } from './commands.ts';
import { WardenGone } from './connection.ts';
import { exitCodes } from './exit-codes.ts';
import { digestOf, findRun, pastRuns } from './past-runs.ts';
import type { Program } from './program.ts';
import { executeRun } from './run-command.ts';
import { readSetup } from './setup.ts';
import { storageOf } from './storage.ts';

/** Goes on with a run; the reports that are asked for are about the whole of it. */
export async function resumeCommand(command: ResumeCommand, program: Program): Promise<number> {
  const { console, env, cwd } = program;
  const setup = await readSetup(command, env, cwd);
  if (!('folder' in setup)) {
    console.complain(setup.problems);
    return exitCodes.usage;
  }
  const storage = storageOf(setup.folder.folder.path);
  const runs = pastRuns(storage, problem => console.complain([problem]));
  if ('message' in runs) {
    console.complain([runs]);
    return exitCodes.infrastructure;
  }
  const none = 'no run that is kept was interrupted or stopped: each of their tests has a verdict';
  const run = findRun(runs, command.run, { fits: canGoOn, none });
  const problem = 'message' in run ? run : whyNot(run);
  if (problem !== null || 'message' in run) {
    console.complain(problem === null ? [] : [problem]);
    return exitCodes.usage;
  }
  const earlier = new Map<TestKey, TestRecord>();
  const { opening } = digestOf(storage, run.run, record => {
    if (stands(record.verdict.kind)) earlier.set(record.test.key, record);
    else earlier.delete(record.test.key);
  });
  console.people.print(
    `Going on with run ${run.run.slice(0, 8)}: ${earlier.size.toLocaleString('en-US')} of ${plural(run.planned, 'planned test')} had a verdict.`,
  );
  const { layer: overrides } = command;
  try {
    return await executeRun(command, program, {
      id: run.run,
      earlier: [...earlier.values()],
      coverage: opening?.coverage ?? false,
      begin: connection => connection.ask('resume', { run: run.run, overrides }),
    });
  } catch (error) {
    // Somebody else may have gone on with it since it was looked at.
    if (error instanceof WardenGone || !isOwned(runFolder(storage, run.run))) throw error;
    console.complain([goingOn(run)]);
    return exitCodes.usage;
  }
}

function whyNot(run: PastRun): Problem | null {
  if (canGoOn(run)) return null;
  const id = run.run.slice(0, 8);
  if (run.state === 'running') return goingOn(run);
  return problemAt('', `run ${id} has ended: every test of it has a verdict`, 'To run its tests again: bulkhead run');
}

function goingOn({ run }: PastRun): Problem {
  return problemAt('', `run ${run.slice(0, 8)} is still going on`, 'Wait for it, or stop it where it runs.');
}
