import { formatDuration } from '../config/quantities.ts';
import type { Limits, MechanismName } from '../protocol/limits.ts';
import type { Problem } from '../protocol/messages.ts';
import type { TestInfo } from '../protocol/tests.ts';
import type { FailureMessage, TestRecord } from '../protocol/verdict.ts';
import type { Judgement } from './judgement.ts';

/** Where a record is due although nothing ran. */
export interface Unrun {
  readonly test: TestInfo;
  readonly project: string;
  readonly limits: Limits;
  readonly cage: MechanismName;
}

/** A file whose tests cannot be known is one error, told at the file. */
export function brokenFile(about: Unrun, problem: Problem): TestRecord {
  const message: FailureMessage = {
    text: problem.fix ? `${problem.message}\n${problem.fix}` : problem.message,
    ...(problem.file ? { file: problem.file } : {}),
    ...(problem.line ? { line: problem.line } : {}),
  };
  return bare(about, {
    verdict: { kind: 'error', phase: 'load', message: problem.message.split('\n')[0] ?? '' },
    why: ['The framework could not tell which tests the file holds.'],
    messages: [message],
  });
}

/** Nothing of it was started; of a whole file not even to learn its tests. */
export function refusedDestructive(about: Unrun, problem: Problem): TestRecord {
  return refused(
    about,
    problem,
    'A destructive test is started only where it can do no harm, and where the user has allowed it.',
  );
}

export function refusedDebugger(about: Unrun, problem: Problem): TestRecord {
  return refused(about, problem, 'It was to wait for a debugger, and none could have come to it.');
}

function refused(about: Unrun, problem: Problem, why: string): TestRecord {
  const text = problem.fix ? `${problem.message}\n${problem.fix}` : problem.message;
  return bare(about, {
    verdict: { kind: 'error', phase: 'refused', message: problem.message },
    why: [why],
    messages: [{ text, ...(problem.file ? { file: problem.file } : {}) }],
  });
}

export function cancelled(about: Unrun): TestRecord {
  return bare(about, {
    verdict: { kind: 'cancelled' },
    why: ['The run was stopped before this test began.'],
    messages: [],
  });
}

/** The whole run was out of time: it did not pass, and it was not the user who stopped it. */
export function outOfTime(about: Unrun, limitMs: number): TestRecord {
  return bare(about, {
    verdict: { kind: 'timed-out', limit: 'run', limitMs },
    why: [`The whole run had taken ${formatDuration(limitMs)} before this test began.`],
    messages: [],
  });
}

/** Enough tests have failed: told of each that this kept from beginning. */
export function notBegun(about: Unrun, failures: number): TestRecord {
  const because = `${failures === 1 ? 'a test had' : `${failures} tests had`} failed, which "maxFailures" allows at most`;
  return bare(about, {
    verdict: { kind: 'not-run', because },
    why: [`It was not begun: ${because}.`],
    messages: [],
  });
}

/** Whatever came of it, or nothing: the disk has no room for a verdict. */
export function notKept(about: Unrun): TestRecord {
  const { test, project, limits, cage } = about;
  const because = 'the disk is full, so that its verdict could not be kept';
  return bare(
    { test, project, limits, cage },
    {
      verdict: { kind: 'not-run', because },
      why: [`It counts as not run: ${because}. What is shown of a run is always kept.`],
      messages: [],
    },
  );
}

export function withoutCage(about: Unrun, error: unknown): TestRecord {
  const message = `Bulkhead could not run it: ${error instanceof Error ? error.message : String(error)}.`;
  return bare(about, { verdict: { kind: 'error', phase: 'spawn', message }, why: [message], messages: [] });
}

/** A run goes on, and one of its tests is not there any more. */
export function gone(about: Unrun): TestRecord {
  const message = 'The test was planned before the run was interrupted, and is not there any more.';
  const why = ['It may have been renamed or removed, or its file or project.'];
  return bare(about, { verdict: { kind: 'error', phase: 'selection', message }, why, messages: [] });
}

/** The account does not balance: a fault of Bulkhead, shown and not hidden. */
export function lost(about: Unrun): TestRecord {
  return bare(about, {
    verdict: { kind: 'lost' },
    why: ['The test was planned, and nothing was heard of it. This is a fault of Bulkhead: please report it.'],
    messages: [],
  });
}

function bare({ test, project, limits, cage }: Unrun, judgement: Judgement): TestRecord {
  return {
    test,
    project,
    ...judgement,
    attributes: [],
    startedAt: null,
    durationMs: null,
    usage: { peakMemoryBytes: null, cpuMs: null, maxProcesses: null, shared: false },
    limits,
    cage,
    output: { text: '', droppedBytes: 0 },
  };
}
