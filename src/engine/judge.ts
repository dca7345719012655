import type { FailureMessage } from '../protocol/verdict.ts';
import { damageOf } from './damage.ts';
import type { ReportedError, TestEvidence, UnitEvidence } from './evidence.ts';
import { because, type Judgement, judgement, limitReached } from './judgement.ts';
import { crashSignals, judgeProcess } from './judge-process.ts';
import { memoryError } from './memory.ts';
import { hostShortage, memoryFailure, outOfMemory, refusedMemory } from './out-of-memory.ts';
import { reachedInWords } from './reached.ts';

/**
 * The one place that decides. The first rule that matches wins; evidence was gathered before anything was removed. The order, with each
 * rule beside all later ones, is the table of test/unit/engine/judge-rules.test.ts.
 */
export function judge(test: TestEvidence, unit: UnitEvidence): Judgement {
  if (unit.spawnError !== null) {
    const message = `The runner could not be started: ${unit.spawnError}.`;
    return judgement({ kind: 'error', phase: 'spawn', message }, [message]);
  }
  if (test.end === null) return judgeEnding(test, unit);
  if (test.oomKillsDuring > 0 || (!unit.shared && (unit.oomKills ?? 0) > 0)) {
    return hostShortage(unit) ?? outOfMemory(unit, 'kernel-child');
  }
  switch (test.end.state) {
    case 'failed': {
      const failures = [...(test.end.failures ?? []), ...test.errors.map(({ failure }) => failure)];
      if (test.end.died) return diedBelow(test.end.died, failures);
      const words = failures.map(({ text, stack }) => `${text}\n${stack ?? ''}`).join('\n');
      if (refusedMemory(unit, words)) return outOfMemory(unit, 'refused', failures);
      const refusal = memoryError(failures);
      if (refusal) return memoryFailure(unit, refusal, failures);
      const reached = reachedInWords(unit, words);
      if (reached) return limitReached(reached, failures);
      return judgement({ kind: 'failed' }, ['The framework reported a failure.'], failures);
    }
    case 'error': {
      const { phase = 'hook', failures = [] } = test.end;
      const message = failures[0]?.text.split('\n')[0] ?? 'The framework gave no reason.';
      const when = phase === 'hook' ? 'before' : 'after';
      return judgement(
        { kind: 'error', phase, message },
        [`What the framework does ${when} the test failed.`],
        failures,
      );
    }
    case 'skipped':
      return judgement({ kind: 'skipped', ...because(test.end.reason) }, ['The framework skipped it.']);
    case 'failed-as-expected':
      return judgement(
        { kind: 'expected-failure', ...because(test.end.reason) },
        ['It is marked as a test that fails, and it failed.'],
        test.end.failures,
      );
    case 'passed-unexpectedly':
      return afterPass(test, unit, () =>
        judgement({ kind: 'unexpected-pass', ...because(test.end?.reason) }, [
          'It is marked as a test that fails, and it passed.',
        ]),
      );
    case 'passed':
      return afterPass(test, unit, passed);
  }
}

/** What goes wrong after a pass is charged to the test that began it, where that is known, and else to the last one. */
function afterPass(test: TestEvidence, unit: UnitEvidence, pass: () => Judgement): Judgement {
  const [late] = test.errors;
  if (late) {
    const why = 'The test passed, and what it had begun or what cleans up after it failed.';
    return failedOutside(late, test.errors, why);
  }
  return unit.shared && !test.last ? pass() : judgePassed(test, unit, pass);
}

function failedOutside({ phase, failure }: ReportedError, errors: readonly ReportedError[], why: string): Judgement {
  const message = failure.text.split('\n', 1)[0] ?? '';
  return judgement(
    { kind: 'error', phase, message },
    [why],
    errors.map(error => error.failure),
  );
}

/** The framework said "passed"; the end of its process must not say otherwise. */
function judgePassed(test: TestEvidence, unit: UnitEvidence, pass: () => Judgement): Judgement {
  // A hook that failed before its tests is told with those that it kept from running.
  const late = unit.errors.filter(({ phase }) => phase === 'teardown' || !unit.anyUnstarted);
  if (late[0]) {
    return failedOutside(late[0], late, 'The test passed, but the framework reported an error of no single test.');
  }
  if (unit.stop !== null || !unit.saidBye || unit.exit?.signal) {
    return judgeProcess(test, unit, 'after the test had passed');
  }
  if (unit.exit?.code !== unit.expectedCode && !unit.charged) {
    const message = `The test passed, but its process ended with code ${unit.exit?.code}.`;
    return judgement({ kind: 'error', phase: 'teardown', message }, [message]);
  }
  return pass();
}

/** The process of the test was not the one that Bulkhead started, and its parent tells how it ended. */
function diedBelow(
  { signal, code }: { signal?: string; code?: number },
  failures: readonly FailureMessage[],
): Judgement {
  if (signal === undefined) {
    const why = `The framework saw the process of the test end with code ${code} before the test ended.`;
    return judgement({ kind: 'exited-early', code: code ?? -1 }, [why], failures);
  }
  const why = `The framework saw the process of the test die of ${signal}.`;
  if (crashSignals.has(signal)) return judgement({ kind: 'crashed', signal, reportedBy: 'framework' }, [why], failures);
  return judgement({ kind: 'killed-outside', signal }, [`${why} Bulkhead did not send it.`], failures);
}

/** No word from the framework on how the test ended. */
function judgeEnding(test: TestEvidence, unit: UnitEvidence): Judgement {
  if (unit.stop === null && !unit.exit?.signal) {
    const errors = [...test.errors, ...unit.errors];
    const [error] = errors;
    // A failing beforeEach ends a test that was announced, without a word on the test itself.
    if (error && (!test.started || unit.saidBye)) {
      const why = error.phase === 'load' ? 'The file could not be loaded.' : 'The test was never started.';
      const refusal = memoryError(errors.map(({ failure }) => failure));
      if (refusal)
        return memoryFailure(
          unit,
          refusal,
          errors.map(({ failure }) => failure),
        );
      return failedOutside(error, errors, why);
    }
    // A worker of the framework may have died of it, which the error tells and its code does not.
    const told = unit.errors.map(({ failure }) => failure);
    const refusal = test.started ? memoryError(told) : null;
    if (refusal) return memoryFailure(unit, refusal, told);
    const damage = damageOf(unit);
    if (damage) return judgement({ kind: 'error', phase: 'protocol', message: damage }, [damage]);
    if (unit.saidBye && !test.started) {
      const message = 'The framework loaded the file but did not run this test: it may have been renamed or removed.';
      return judgement({ kind: 'error', phase: 'selection', message }, [message]);
    }
    if (!unit.saidHello && unit.reporting !== 'exit-code') {
      const message = `The framework ended with code ${unit.exit?.code} before it said anything.`;
      return judgement({ kind: 'error', phase: 'start-up', message }, [message], lastWords(unit));
    }
  }
  const ended = judgeProcess(test, unit, test.started ? 'before the test ended' : 'before the test started');
  const judged = isUnexplained(ended, unit) ? { ...ended, messages: lastWords(unit) } : ended;
  if (test.lateEnd === null) return judged;
  const late = `While it was being ended it said "${test.lateEnd}", which does not count.`;
  return { ...judged, why: [...judged.why, late] };
}

/** Programs that are told by what they print say there why they give up: Perl that dies, a Go that exits. */
function isUnexplained({ verdict, messages }: Judgement, { reporting }: UnitEvidence): boolean {
  return reporting === 'output' && messages.length === 0 && verdict.kind === 'exited-early' && verdict.code !== 0;
}

function lastWords({ outputTail }: UnitEvidence): FailureMessage[] {
  const text = outputTail.trim().split('\n').slice(-20).join('\n');
  return text ? [{ text }] : [];
}

/** The same for all, so that it becomes text once. */
const inOrder = judgement({ kind: 'passed' }, ['The framework reported a pass and its process ended in order.']);

function passed(): Judgement {
  return inOrder;
}
