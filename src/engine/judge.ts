import { formatBytes } from '../config/quantities.ts';
import type { FailureMessage, MemoryCause, Verdict } from '../protocol/verdict.ts';
import { damageOf } from './damage.ts';
import type { ReportedError, TestEvidence, UnitEvidence } from './evidence.ts';
import { memoryDeath, memoryError, memoryErrorPrinted, type MemoryRefusal } from './memory.ts';
import { timeoutReason } from './timeout-reason.ts';
import { type Reached, reachedBySignal, reachedInWords, reachedStack } from './reached.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly why: readonly string[];
  readonly messages: readonly FailureMessage[];
}

const crashSignals = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', 'SIGSYS', 'SIGPIPE']);
/** What a shell makes of a child's death: 128 and the signal's number. */
const shellCrashes = new Map([
  [132, 'SIGILL'],
  [133, 'SIGTRAP'],
  [134, 'SIGABRT'],
  [135, 'SIGBUS'],
  [136, 'SIGFPE'],
  [139, 'SIGSEGV'],
  [159, 'SIGSYS'],
]);

/** The one place that decides. The first rule that matches wins; evidence was gathered before anything was removed. */
export function judge(test: TestEvidence, unit: UnitEvidence): Judgement {
  if (unit.spawnError !== null) {
    const message = `The runner could not be started: ${unit.spawnError}.`;
    return judgement({ kind: 'error', phase: 'spawn', message }, [message]);
  }
  if (test.end === null) return judgeEnding(test, unit);
  if (test.oomKillsDuring > 0 || (!unit.shared && (unit.oomKills ?? 0) > 0)) return outOfMemory(unit, 'kernel-child');
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

function because(reason: string | undefined): { reason?: string } {
  return reason ? { reason } : {};
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
      const last = unit.outputTail.trim().split('\n').slice(-20).join('\n');
      const message = `The framework ended with code ${unit.exit?.code} before it said anything.`;
      return judgement({ kind: 'error', phase: 'start-up', message }, [message], last ? [{ text: last }] : []);
    }
  }
  const judged = judgeProcess(test, unit, test.started ? 'before the test ended' : 'before the test started');
  if (test.lateEnd === null) return judged;
  const late = `While it was being ended it said "${test.lateEnd}", which does not count.`;
  return { ...judged, why: [...judged.why, late] };
}

/** From how the process came to its end, in the order in which one cause hides another. */
function judgeProcess(test: TestEvidence, unit: UnitEvidence, when: string): Judgement {
  const { stop, exit } = unit;
  if (stop?.kind === 'cancelled') return judgement({ kind: 'cancelled' }, ['The run was stopped.']);
  // In a shared cage, a kill that an earlier test survived is none of this one's.
  const kills = unit.shared ? test.oomKillsDuring + test.oomKillsAfter : (unit.oomKills ?? 0);
  if (kills > 0) return outOfMemory(unit, exit?.signal === 'SIGKILL' ? 'kernel' : 'kernel-child');
  // Where the kernel refuses memory, a runtime that dies of it says that its heap is full.
  const died = exit?.signal != null && (unit.refusedMemory ?? 0) > 0;
  if (stop === null && (died || refusedMemory(unit, unit.outputTail))) return outOfMemory(unit, 'refused');
  const death = memoryDeath(unit);
  if (death) return memoryFailure(unit, death);
  if (stop?.kind === 'over-memory') return outOfMemory(unit, 'watched');
  if (stop?.kind === 'flood') {
    const why = `It printed more than ${formatBytes(stop.limitBytes)}, so it was killed.`;
    return limitReached({ limit: 'output', allowed: stop.limitBytes, why });
  }
  if (stop?.kind === 'timeout') {
    return judgement(
      { kind: 'timed-out', limit: stop.limit, limitMs: stop.ms },
      [timeoutReason(stop, when)],
      unit.stuck ? [unit.stuck] : [],
    );
  }
  const reached = reachedBySignal(unit) ?? reachedStack(unit);
  if (reached) return limitReached(reached);
  if (exit?.signal) {
    const kind = crashSignals.has(exit.signal) ? 'crashed' : 'killed-outside';
    return judgement({ kind, signal: exit.signal }, [
      kind === 'crashed'
        ? `The process died of ${exit.signal} ${when}.`
        : `The process received ${exit.signal} ${when}; Bulkhead did not send it, and the kernel counted no memory kill.`,
    ]);
  }
  const code = exit?.code ?? -1;
  return judgement({ kind: 'exited-early', code }, [`The process ended with code ${code} ${when}.`]);
}

/** The verdict of a process that is the test itself; the framework reads only codes that no stronger rule explains. */
export function judgeExitCode(
  test: TestEvidence,
  unit: UnitEvidence,
  read: (code: number) => { state: 'passed' | 'failed' | 'skipped'; message?: string; reason?: string },
): Judgement {
  const { exit } = unit;
  if (unit.spawnError !== null) return judge(test, unit);
  if (unit.stop !== null || (unit.oomKills ?? 0) > 0 || exit?.signal || exit?.code == null || memoryDeath(unit)) {
    return judgeProcess(test, unit, 'before the test ended');
  }
  const reached = reachedBySignal(unit) ?? reachedStack(unit);
  if (reached) return limitReached(reached);
  const signal = shellCrashes.get(exit.code);
  if (signal) {
    const why = `It ended with code ${exit.code}, which is how a shell tells that its command died of ${signal}.`;
    return judgement({ kind: 'crashed', signal, reportedBy: 'shell' }, [why]);
  }
  const reading = read(exit.code);
  const why = [`The process ended with code ${exit.code}.`];
  switch (reading.state) {
    case 'passed':
      return judgement({ kind: 'passed' }, why);
    case 'skipped':
      return judgement({ kind: 'skipped', ...because(reading.reason) }, why);
    case 'failed': {
      const messages = [{ text: reading.message ?? `exit code ${exit.code}` }];
      if (refusedMemory(unit, unit.outputTail)) return outOfMemory(unit, 'refused', messages);
      const refusal = memoryErrorPrinted(unit.outputTail);
      if (refusal) return memoryFailure(unit, refusal, messages);
      const inWords = reachedInWords(unit, unit.outputTail);
      return inWords ? limitReached(inWords, messages) : judgement({ kind: 'failed' }, why, messages);
    }
  }
}

const refusalWords = /allocation failed|out of memory|cannot allocate|not enough memory|MemoryError|bad_alloc|ENOMEM/i;

/** A test may live on with less than it asked for, so it must also say that it failed of it. */
function refusedMemory(unit: UnitEvidence, words: string): boolean {
  return (unit.refusedMemory ?? 0) > 0 && refusalWords.test(words);
}

function outOfMemory(
  unit: UnitEvidence,
  cause: Exclude<MemoryCause, 'heap'>,
  messages?: readonly FailureMessage[],
): Judgement {
  const cap = unit.limits.memoryBytes === null ? 'no cap' : `cap ${formatBytes(unit.limits.memoryBytes)}`;
  const peak = peakText(unit);
  const why = {
    kernel: `The kernel killed it for memory (its counter says ${unit.oomKills}; ${cap}${peak}).`,
    'kernel-child': `The kernel killed a process of the test for memory (its counter says ${unit.oomKills}; ${cap}${peak}).`,
    refused: `The kernel refused it more memory (its counter says ${unit.refusedMemory}; ${cap}${peak}), and it failed of that.`,
    watched: `Its memory was seen above the cap, so it was killed (${cap}${peak}; watched, not enforced by the kernel).`,
  }[cause];
  return memoryVerdict(unit, cause, why, messages);
}

function memoryFailure(
  unit: UnitEvidence,
  { cause, why }: MemoryRefusal,
  messages?: readonly FailureMessage[],
): Judgement {
  return memoryVerdict(unit, cause, `${why}${peakText(unit)}.`, messages);
}

function memoryVerdict(
  unit: UnitEvidence,
  cause: MemoryCause,
  why: string,
  messages?: readonly FailureMessage[],
): Judgement {
  const { limits, peakMemoryBytes: peakBytes } = unit;
  return judgement({ kind: 'out-of-memory', cause, capBytes: limits.memoryBytes, peakBytes }, [why], messages);
}

function peakText({ peakMemoryBytes }: UnitEvidence): string {
  return peakMemoryBytes === null ? '' : `; the peak was ${formatBytes(peakMemoryBytes)}`;
}

function limitReached({ limit, allowed, why }: Reached, messages: readonly FailureMessage[] = []): Judgement {
  return judgement({ kind: 'limit-reached', limit, allowed }, [why], messages);
}

function passed(): Judgement {
  return judgement({ kind: 'passed' }, ['The framework reported a pass and its process ended in order.']);
}

function judgement(verdict: Verdict, why: readonly string[], messages: readonly FailureMessage[] = []): Judgement {
  return { verdict, why, messages };
}
