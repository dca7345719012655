import { canGoOn, type PastRun } from '../protocol/history.ts';
import type { TestKey } from '../protocol/tests.ts';
import { isFailure, type TestRecord } from '../protocol/verdict.ts';
import { jsonTest } from '../reports/json.ts';
import { pathIn } from '../reports/report.ts';
import { titleText } from '../reports/wording.ts';
import type { Digest } from '../store/digest.ts';
import type { ShowCommand } from './commands.ts';
import { exitCodes } from './exit-codes.ts';
import { failureText } from './failure-text.ts';
import { goOnText, missingText, runLine } from './history-command.ts';
import { asItIsNow } from './past-output.ts';
import { digestOf, findRun, pastRuns } from './past-runs.ts';
import type { Program } from './program.ts';
import { readSetup } from './setup.ts';
import { storageOf } from './storage.ts';

const mostOpen = 20;

/** One run of the past, from its journal: an answer, whatever became of its tests. */
export async function showCommand(command: ShowCommand, program: Program): Promise<number> {
  const { console, env, cwd } = program;
  const setup = await readSetup({ ...command, paths: [] }, env, cwd);
  if (!('folder' in setup)) {
    console.complain(setup.problems);
    return exitCodes.usage;
  }
  const folder = setup.folder.folder.path;
  const storage = storageOf(folder);
  const runs = pastRuns(storage, problem => console.complain([problem]));
  if ('message' in runs) {
    console.complain([runs]);
    return exitCodes.infrastructure;
  }
  const run = findRun(runs, command.run, { fits: () => true, none: 'no run is kept' });
  if ('message' in run) {
    console.complain([run]);
    return exitCodes.usage;
  }
  const records = new Map<TestKey, TestRecord>();
  const found = digestOf(storage, run.run, record => records.set(record.test.key, asItIsNow(record)));
  if (command.json) await console.document(document(run, found, records, folder, program.version));
  else {
    const { people } = console;
    for (const record of records.values()) {
      const { kind } = record.verdict;
      if (command.verbose ? kind !== 'passed' : isFailure(kind))
        people.print(failureText(record, folder, people, { evidence: true }));
    }
    print(run, found, records, folder, program);
  }
  return exitCodes.passed;
}

function print(
  run: PastRun,
  found: Digest,
  records: ReadonlyMap<TestKey, TestRecord>,
  folder: string,
  { console: { people } }: Program,
): void {
  const open = [...found.planned.values()].filter(({ test }) => !records.has(test.key));
  if (open.length > 0)
    people.print(people.style('yellow', `Without a verdict (${open.length.toLocaleString('en-US')})`));
  for (const { test } of open.slice(0, mostOpen)) people.print(`  ${titleText(test)}  ${pathIn(folder, test.file)}`);
  if (open.length > mostOpen) people.print(`  and ${(open.length - mostOpen).toLocaleString('en-US')} more`);
  people.print(`\n${runLine({ ...run, missing: 0 }, people)}`);
  if (run.resumed > 0)
    people.print(
      `It went on ${run.resumed === 1 ? 'once' : `${run.resumed} times`} after it was interrupted or stopped.`,
    );
  if (found.missing > 0) people.print(people.style('yellow', missingText(found.missing)));
  people.print(`Journal: ${run.journal}`);
  if (canGoOn(run)) people.print(goOnText(run));
}

function* document(
  run: PastRun,
  found: Digest,
  records: ReadonlyMap<TestKey, TestRecord>,
  folder: string,
  version: string,
) {
  const open = [...found.planned.values()].filter(({ test }) => !records.has(test.key));
  const problems = found.summary?.problems ?? [];
  const head = { format: 1, bulkhead: version, folder, run: { ...run, missing: found.missing }, problems };
  const unfinished = open.map(({ test: { key, file, titlePath } }) => ({ key, file: pathIn(folder, file), titlePath }));
  yield `${JSON.stringify({ ...head, unfinished }, null, 2).slice(0, -2)},\n  "tests": [`;
  let separator = '\n';
  for (const record of records.values()) {
    yield `${separator}    ${JSON.stringify(jsonTest(folder, record))}`;
    separator = ',\n';
  }
  yield records.size > 0 ? '\n  ]\n}\n' : ']\n}\n';
}
