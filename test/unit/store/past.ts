import { Journal } from '../../../src/engine/journal.ts';
import type { TestInfo } from '../../../src/protocol/tests.ts';
import type { TestRecord, Verdict } from '../../../src/protocol/verdict.ts';
import { sampleRecord, sampleReport } from '../reports/samples.ts';

export const project = 'mocha:w:.';

export function testInfo(number: number): TestInfo {
  const file = `/w/test/f${Math.floor(number / 100)}.test.js`;
  return { key: `key-${number}`, framework: 'mocha', file, titlePath: ['suite', `test ${number}`], ordinal: 0 };
}

export function recordOf(number: number, verdict: Verdict, rest: Partial<TestRecord> = {}): TestRecord {
  return sampleRecord(verdict, { test: testInfo(number), project, ...rest });
}

export interface Past {
  readonly planned: number;
  /** The verdicts of the first tests. */
  readonly verdicts: readonly Verdict['kind'][];
  readonly ended?: boolean;
}

/** Writes the journal of a run by the writer itself, which is left open unless the run has ended. */
export function pastRun(storage: string, run: string, { planned, verdicts, ended = true }: Past): Journal {
  const opening = { selection: { kind: 'all' }, overrides: {} } as const;
  const onProblem = () => {
    throw new Error('the journal of a test could not be written');
  };
  const journal = new Journal({ storage, run, opening, onProblem });
  const tests = Array.from({ length: planned }, (_, number) => testInfo(number));
  journal.write({ entry: 'plan', project, tests });
  const records = verdicts.map((kind, number) => recordOf(number, { kind } as Verdict));
  for (const record of records) journal.write({ entry: 'record', record });
  const { summary } = sampleReport(records, { run });
  if (ended) journal.write({ entry: 'end', summary });
  if (ended) journal.close();
  return journal;
}
