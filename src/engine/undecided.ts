import type { TestInfo } from '../protocol/tests.ts';
import type { UnitOutcome } from './unit.ts';

// What a cage that was brought down before its time leaves open.

/** All that a shared cage came to was its end: what happens before the first test is the fault of one of them, or of all. */
export function isBarren({ evidence, tests }: UnitOutcome): boolean {
  const { shared, saidHello, saidBye, stop, errors } = evidence;
  if (!shared || !saidHello || saidBye || errors.length > 0 || stop?.kind === 'cancelled') return false;
  return !tests.some(({ evidence: { started, end } }) => started || end !== null);
}

/** The last to have ended, where what ended the cage came before the next one began: it is the fault of either. */
export function endedBetween(outcome: UnitOutcome): TestInfo | null {
  const last = outcome.tests.find(({ evidence }) => evidence.last);
  const passed = last?.evidence.end?.state === 'passed' || last?.evidence.end?.state === 'passed-unexpectedly';
  return passed && innocents(outcome).length > 0 ? last.test : null;
}

/** Tests of a shared cage that never started because another one ended it: they get a fresh cage. */
export function innocents({ evidence, tests }: UnitOutcome): TestInfo[] {
  const orderly = evidence.saidBye && evidence.stop === null && !evidence.exit?.signal;
  const anyStarted = tests.some(test => test.evidence.started || test.evidence.end !== null);
  if (!evidence.shared || orderly || !anyStarted) return [];
  return tests.flatMap(test => (test.evidence.started || test.evidence.end ? [] : [test.test]));
}
