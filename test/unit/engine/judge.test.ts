import assert from 'node:assert/strict';
import { judge } from '../../../src/engine/judge.ts';
import { judgeExitCode } from '../../../src/engine/judge-exit-code.ts';
import type { TestEvidence, UnitEvidence } from '../../../src/engine/evidence.ts';
import type { LimitName } from '../../../src/protocol/limits.ts';
import { MiB, cleanUnit, died, killed, unstarted, open, passed } from './evidence.ts';

function kindOf(test: TestEvidence, unit: UnitEvidence): string {
  const { verdict } = judge(test, unit);
  return verdict.kind === 'out-of-memory'
    ? `${verdict.kind}/${verdict.cause}`
    : verdict.kind === 'error'
      ? `${verdict.kind}/${verdict.phase}`
      : verdict.kind;
}

describe('the judge', () => {
  it('believes a pass only when the process ended in order', () => {
    assert.equal(kindOf(passed, cleanUnit), 'passed');
    assert.equal(kindOf(passed, { ...cleanUnit, exit: { code: 3, signal: null } }), 'error/teardown');
    assert.equal(kindOf(passed, { ...cleanUnit, exit: { code: 1, signal: null }, expectedCode: 1 }), 'passed');
    assert.equal(kindOf(passed, { ...cleanUnit, expectedCode: 1 }), 'error/teardown');
    assert.equal(kindOf(passed, died({})), 'exited-early');
    assert.equal(kindOf(passed, died({ exit: killed('SIGSEGV') })), 'crashed');
    assert.equal(kindOf(passed, died({ exit: killed('SIGKILL') })), 'killed-outside');
    assert.equal(kindOf(passed, { ...cleanUnit, oomKills: 1 }), 'out-of-memory/kernel-child');
    const failure = { text: 'after hook failed' };
    assert.equal(kindOf(passed, { ...cleanUnit, errors: [{ phase: 'hook', failure }] }), 'error/hook');
    const stop = { kind: 'timeout', limit: 'teardown', ms: 1000 } as const;
    assert.equal(kindOf(passed, { ...cleanUnit, stop, exit: killed('SIGTERM') }), 'timed-out');
  });

  it('names the death of a process that the framework saw', () => {
    const failures = [{ text: 'the worker is gone' }];
    const diedOf = (died: object): TestEvidence => ({ ...passed, end: { state: 'failed', ms: 5, failures, died } });
    assert.equal(kindOf(diedOf({ signal: 'SIGSEGV' }), cleanUnit), 'crashed');
    assert.equal(kindOf(diedOf({ signal: 'SIGKILL' }), cleanUnit), 'killed-outside');
    assert.equal(kindOf(diedOf({ code: 0 }), cleanUnit), 'exited-early');
    assert.equal(
      kindOf({ ...diedOf({ signal: 'SIGKILL' }), oomKillsDuring: 1 }, cleanUnit),
      'out-of-memory/kernel-child',
    );
    assert.deepEqual(judge(diedOf({ code: 3 }), cleanUnit).messages, failures);
    const ofMemory = [{ phase: 'teardown', failure: { text: 'ERR_WORKER_OUT_OF_MEMORY: of a thread' } }] as const;
    assert.equal(kindOf(open, died({ exit: { code: 1, signal: null }, errors: ofMemory })), 'out-of-memory/heap');
  });

  it('tells what failed around a test from what failed in it', () => {
    const failures = [{ text: 'no database\nat line 3' }];
    const before: TestEvidence = { ...passed, end: { state: 'error', ms: 1, failures } };
    assert.deepEqual(judge(before, { ...cleanUnit, shared: true }).verdict, {
      kind: 'error',
      phase: 'hook',
      message: 'no database',
    });
    const after: TestEvidence = { ...passed, end: { state: 'error', phase: 'teardown', ms: 1, failures } };
    assert.equal(kindOf(after, cleanUnit), 'error/teardown');
    assert.equal(kindOf({ ...after, oomKillsDuring: 1 }, cleanUnit), 'out-of-memory/kernel-child');
  });

  it('takes the word of the framework for a test that is marked as failing, and looks at the process all the same', () => {
    const failed: TestEvidence = { ...passed, end: { state: 'failed-as-expected', ms: 5, reason: 'todo' } };
    assert.deepEqual(judge(failed, cleanUnit).verdict, { kind: 'expected-failure', reason: 'todo' });
    const mended: TestEvidence = { ...passed, end: { state: 'passed-unexpectedly', ms: 5 } };
    assert.equal(kindOf(mended, cleanUnit), 'unexpected-pass');
    assert.equal(kindOf(mended, died({ exit: killed('SIGSEGV') })), 'crashed');
    assert.equal(kindOf({ ...failed, oomKillsDuring: 1 }, cleanUnit), 'out-of-memory/kernel-child');
  });

  it('never calls exit(0) in the middle of a test a pass', () => {
    assert.equal(kindOf(open, died({})), 'exited-early');
    assert.equal(kindOf(unstarted, died({})), 'exited-early');
  });

  it('says out of memory only with proof', () => {
    assert.equal(kindOf(open, died({ exit: killed('SIGKILL'), oomKills: 1 })), 'out-of-memory/kernel');
    assert.equal(kindOf(open, died({ exit: killed('SIGKILL'), oomKills: 0 })), 'killed-outside');
    assert.equal(kindOf(open, died({ exit: { code: 137, signal: null }, oomKills: 0 })), 'exited-early');
    assert.equal(kindOf(open, died({ exit: { code: 1, signal: null }, oomKills: 1 })), 'out-of-memory/kernel-child');
    const outputTail = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';
    assert.equal(kindOf(open, died({ exit: killed('SIGABRT'), outputTail })), 'out-of-memory/heap');
    assert.equal(kindOf(open, died({ exit: { code: 1, signal: null }, outputTail })), 'exited-early');
    const stop = { kind: 'over-memory', bytes: 200 * MiB } as const;
    assert.equal(kindOf(open, died({ stop, exit: killed('SIGKILL'), oomKills: null })), 'out-of-memory/watched');
  });

  it('blames what is around the cage for memory only with proof', () => {
    const hostKill = { proof: 'log', group: null, words: 'Out of memory: Killed process 71 (node)' } as const;
    const byKernel = died({ exit: killed('SIGKILL'), oomKills: 1, hostKill });
    assert.equal(kindOf(open, byKernel), 'out-of-memory/host');
    assert.match(
      judge(open, byKernel).why.join(),
      /the machine had no memory left, by its log: "Out of memory: Killed/,
    );
    assert.equal(kindOf(open, died({ exit: killed('SIGKILL'), oomKills: null, hostKill })), 'out-of-memory/host');
    assert.equal(kindOf(passed, { ...cleanUnit, oomKills: 1, hostKill }), 'out-of-memory/host', 'a child of it');
    const counter = { proof: 'counter', group: null, words: null } as const;
    assert.match(
      judge(open, { ...byKernel, hostKill: counter }).why.join(),
      /its cage never reached its own cap: it ran out around the cage; the peak was 40 MiB/,
    );
    const short = { group: null, availableBytes: 90 * MiB, floorBytes: 128 * MiB, heldBytes: 60 * MiB };
    const stop = { kind: 'shortage', ...short } as const;
    const watched = died({ stop, exit: killed('SIGKILL') });
    assert.equal(kindOf(open, watched), 'out-of-memory/host');
    assert.match(
      judge(open, watched).why.join(),
      /had 90 MiB of memory left, under the 128 MiB .* with 60 MiB \(watched/,
    );
    assert.equal(kindOf(passed, watched), 'out-of-memory/host', 'ended after its last test, before its process had');
    const shared = { ...byKernel, shared: true };
    assert.equal(kindOf({ ...passed, last: false, oomKillsDuring: 0 }, shared), 'passed', 'it was another one');
    assert.equal(kindOf({ ...open, oomKillsDuring: 1 }, shared), 'out-of-memory/host');
    const exit = { code: 137, signal: null };
    assert.equal(
      judgeExitCode(open, died({ exit, oomKills: null, hostKill }), () => ({ state: 'failed' })).verdict.kind,
      'out-of-memory',
    );
    assert.equal(kindOf(open, died({ exit: killed('SIGKILL'), oomKills: null })), 'killed-outside');
  });

  it('says out of memory where the kernel refused it, if the test failed or died of that', () => {
    const refused = { oomKills: null, refusedMemory: 3 };
    const words = 'FATAL ERROR: Committing semi space failed. Allocation failed - JavaScript heap out of memory';
    const crashed = { exit: { code: 134, signal: null }, outputTail: words };
    assert.equal(kindOf(open, died({ ...refused, ...crashed })), 'out-of-memory/refused');
    assert.equal(kindOf(open, died({ ...refused, refusedMemory: 0, ...crashed })), 'out-of-memory/heap');
    assert.equal(kindOf(open, died({ ...refused, exit: { code: null, signal: 'SIGSEGV' } })), 'out-of-memory/refused');
    assert.equal(
      kindOf(open, died({ ...refused, exit: { code: 3, signal: null } })),
      'exited-early',
      'it said nothing of it',
    );
    assert.equal(kindOf(passed, { ...cleanUnit, ...refused }), 'passed', 'it lived with what it had');
    const failure = (text: string) => ({
      ...passed,
      end: { ...passed.end!, state: 'failed' as const, failures: [{ text }] },
    });
    assert.equal(
      kindOf(failure('RangeError: Array buffer allocation failed'), { ...cleanUnit, ...refused }),
      'out-of-memory/refused',
    );
    assert.equal(kindOf(failure('1 == 2'), { ...cleanUnit, ...refused }), 'failed');
  });

  it('puts the stop before memory, and memory before time', () => {
    const timeout = { kind: 'timeout', limit: 'test', ms: 1000 } as const;
    assert.equal(kindOf(open, died({ stop: timeout, exit: killed('SIGTERM') })), 'timed-out');
    assert.equal(
      kindOf(open, died({ stop: timeout, exit: killed('SIGTERM'), oomKills: 1 })),
      'out-of-memory/kernel-child',
    );
    assert.equal(
      kindOf(open, died({ stop: { kind: 'cancelled' }, exit: killed('SIGKILL'), oomKills: 1 })),
      'cancelled',
    );
  });

  it('tells why a test that never started did not', () => {
    assert.equal(kindOf(unstarted, cleanUnit), 'error/selection');
    assert.equal(kindOf(unstarted, died({ saidHello: false, exit: { code: 1, signal: null } })), 'error/start-up');
    const load = [{ phase: 'load', failure: { text: 'SyntaxError: nope' } }] as const;
    assert.equal(kindOf(unstarted, died({ errors: load, exit: { code: 1, signal: null } })), 'error/load');
    assert.equal(
      kindOf(unstarted, died({ spawnError: 'there is no program node on the PATH', exit: null })),
      'error/spawn',
    );
  });

  it('charges a failing beforeEach to the test that it kept from running', () => {
    const errors = [{ phase: 'hook', failure: { text: '"before each" hook: no database' } }] as const;
    assert.equal(kindOf(open, { ...cleanUnit, exit: { code: 1, signal: null }, errors }), 'error/hook');
  });

  it('keeps the earlier passes of a shared cage and charges its end to the last test', () => {
    const unit = died({ shared: true, exit: killed('SIGSEGV') });
    assert.equal(kindOf({ ...passed, last: false }, unit), 'passed');
    assert.equal(kindOf(passed, unit), 'crashed');
    assert.equal(kindOf({ ...passed, last: false, oomKillsDuring: 1 }, unit), 'out-of-memory/kernel-child');
  });

  it('charges a kill for memory in a shared cage to the test that it happened to', () => {
    const unit = died({ shared: true, exit: { code: 3, signal: null }, oomKills: 1 });
    assert.equal(kindOf(open, unit), 'exited-early', 'an earlier test survived the kill of its child');
    assert.equal(kindOf({ ...open, oomKillsDuring: 1 }, unit), 'out-of-memory/kernel-child');
    assert.equal(kindOf({ ...passed, oomKillsAfter: 1 }, unit), 'out-of-memory/kernel-child');
  });

  it('charges what fails late to the test that began it, and not to the last one', () => {
    const errors = [{ phase: 'teardown', failure: { text: 'late\nand more' } }] as const;
    const judged = judge({ ...passed, last: false, errors }, { ...cleanUnit, shared: true, charged: true });
    assert.deepEqual(judged.verdict, { kind: 'error', phase: 'teardown', message: 'late' });
    const exit = { code: 7, signal: null };
    assert.equal(kindOf(passed, { ...cleanUnit, shared: true, charged: true, exit }), 'passed', 'it explains the code');
    assert.equal(kindOf(passed, { ...cleanUnit, shared: true, exit }), 'error/teardown');
    const failed: TestEvidence = { ...passed, end: { state: 'failed', ms: 1, failures: [{ text: 'first' }] }, errors };
    assert.deepEqual(
      judge(failed, cleanUnit).messages.map(({ text }) => text),
      ['first', 'late\nand more'],
    );
  });

  it('does not charge the failure of a hook to a test of another suite that passed', () => {
    const errors = [{ phase: 'hook', failure: { text: 'no database' } }] as const;
    const unit = { ...cleanUnit, shared: true, anyUnstarted: true, errors };
    assert.equal(kindOf(passed, unit), 'passed');
    assert.equal(kindOf(unstarted, unit), 'error/hook');
  });

  it('keeps what a test says while it is being ended, and does not count it', () => {
    const stop = { kind: 'timeout', limit: 'test', ms: 1000 } as const;
    const { verdict, why } = judge({ ...open, lateEnd: 'passed' }, died({ stop, exit: killed('SIGTERM') }));
    assert.equal(verdict.kind, 'timed-out');
    assert.match(why.join(' '), /it said "passed", which does not count/);
  });

  it('knows memory that was refused by the error that failed the test, and by no look-alike', () => {
    const cause = (text: string) =>
      kindOf({ ...passed, end: { state: 'failed', ms: 1, failures: [{ text }] } }, cleanUnit);
    for (const [text, expected] of [
      ['RangeError: Array buffer allocation failed', 'out-of-memory/refused'],
      ['spawn ENOMEM', 'out-of-memory/refused'],
      ['ENOMEM: not enough memory, open', 'out-of-memory/refused'],
      ['OSError: [Errno 12] Cannot allocate memory', 'out-of-memory/refused'],
      ['std::bad_alloc', 'out-of-memory/refused'],
      ['MemoryError', 'out-of-memory/heap'],
      ['numpy.core._exceptions._ArrayMemoryError: Unable to allocate', 'out-of-memory/heap'],
      ['MemoryError: too large', 'out-of-memory/heap'],
      ['java.lang.OutOfMemoryError: Java heap space', 'out-of-memory/heap'],
      ['Worker terminated due to reaching memory limit: JS heap out of memory', 'out-of-memory/heap'],
      ['RangeError: Invalid array buffer length', 'failed'],
      ['RangeError: Invalid string length', 'failed'],
      ['RangeError: Maximum call stack size exceeded', 'failed'],
      ['expected "ENOMEM" to equal "EACCES"', 'failed'],
      ['AssertionError: expected MemoryError', 'failed'],
      ['it speaks\nMemoryError', 'failed'],
    ] as const) {
      assert.equal(cause(text), expected, text);
    }
  });

  it('knows the last words of runtimes that ran out of memory, and only from a death that fits them', () => {
    for (const [outputTail, exit, expected] of [
      ['fatal error: runtime: out of memory\n\ngoroutine 1', { code: 2, signal: null }, 'out-of-memory/heap'],
      ['fatal error: runtime: cannot allocate memory', { code: 2, signal: null }, 'out-of-memory/heap'],
      ['fatal error: runtime: out of memory', { code: 0, signal: null }, 'exited-early'],
      ['java.lang.OutOfMemoryError: Java heap space', { code: 3, signal: null }, 'out-of-memory/heap'],
      ['# Fatal process out of memory: Zone', killed('SIGTRAP'), 'out-of-memory/heap'],
      ["terminate called after throwing an instance of 'std::bad_alloc'", killed('SIGABRT'), 'out-of-memory/refused'],
      ["terminate called after throwing an instance of 'std::bad_alloc'", killed('SIGKILL'), 'killed-outside'],
      [
        'test a ... memory allocation of 70368744177664 bytes failed\nstack',
        killed('SIGABRT'),
        'out-of-memory/refused',
      ],
      ['it said: memory allocation of 1 bytes failed', killed('SIGABRT'), 'crashed'],
      ['it logged: fatal error: out of memory', { code: 2, signal: null }, 'exited-early'],
    ] as const) {
      assert.equal(kindOf(open, died({ outputTail, exit })), expected, outputTail);
    }
  });

  it('gives a sentence of evidence with every verdict', () => {
    for (const [test, unit] of [
      [passed, cleanUnit],
      [open, died({ exit: killed('SIGKILL'), oomKills: 1 })],
      [unstarted, cleanUnit],
    ] as const) {
      assert.ok(
        judge(test, unit).why.every(sentence => sentence.endsWith('.')),
        JSON.stringify(judge(test, unit)),
      );
      assert.ok(judge(test, unit).why.length > 0);
    }
  });
});

describe('the judge of limits', () => {
  const limits = { ...cleanUnit.limits, cpuMs: 2000, fileBytes: MiB, openFiles: 64, diskBytes: MiB, stackBytes: MiB };
  const limited = (change: Partial<UnitEvidence> = {}): UnitEvidence => ({ ...cleanUnit, limits, ...change });
  const failed = (text: string): TestEvidence => ({ ...passed, end: { state: 'failed', ms: 5, failures: [{ text }] } });
  const reached = (test: TestEvidence, unit: UnitEvidence) => {
    const { verdict } = judge(test, unit);
    return verdict.kind === 'limit-reached' ? `${verdict.limit} ${verdict.allowed}` : verdict.kind;
  };
  const lacking = (limit: LimitName) => ({ unenforced: [{ limit, because: 'it cannot', fix: 'Do.' }] });

  it('takes the kernel’s signals for what they say, while the limit is in force', () => {
    const ended = (signal: NodeJS.Signals) => ({ exit: killed(signal), saidBye: false });
    assert.equal(reached(open, limited(ended('SIGXCPU'))), 'cpu 2000');
    assert.equal(reached(open, limited(ended('SIGXFSZ'))), `file-size ${MiB}`);
    assert.equal(reached(open, died({ exit: killed('SIGXCPU') })), 'killed-outside');
    assert.equal(reached(open, limited({ ...ended('SIGXCPU'), ...lacking('cpu') })), 'killed-outside');
    assert.equal(reached(open, limited({ ...ended('SIGXCPU'), stop: { kind: 'cancelled' } })), 'cancelled');
  });

  it('believes the system’s word in a failure only under the limit that makes it', () => {
    for (const [text, verdict] of [
      ["EMFILE: too many open files, open '/x'", 'open-files 64'],
      ['OSError: [Errno 24] Too many open files', 'open-files 64'],
      ['ENFILE: Too many open files in system', 'failed'],
      ['EFBIG: file too large, write', `file-size ${MiB}`],
      ['ENOSPC: no space left on device, write', `disk ${MiB}`],
      ['spawn sleep EAGAIN', 'processes 64'],
      ['read EAGAIN', 'failed'],
      ['expected 1 to equal 2', 'failed'],
    ] as const) {
      assert.equal(reached(failed(text), limited()), verdict, text);
      if (!text.includes('spawn')) assert.equal(reached(failed(text), cleanUnit), 'failed', `${text} without a limit`);
    }
    assert.equal(reached(failed('EMFILE'), limited(lacking('openFiles'))), 'failed');
    assert.equal(reached(failed('read EAGAIN'), limited({ refusedProcesses: 2 })), 'processes 64');
    const partly = [{ limit: 'disk', because: 'x', fix: 'x', partly: true }] as const;
    assert.equal(reached(failed('ENOSPC'), limited({ unenforced: partly })), `disk ${MiB}`);
  });

  it('keeps a pass a pass, whatever was refused on the way', () => {
    assert.equal(reached(passed, limited({ refusedProcesses: 9, outputTail: 'EMFILE' })), 'passed');
  });

  it('calls a plain SIGSEGV a crash, and a stack overflow that the runtime names by its name', () => {
    const exit = killed('SIGSEGV');
    assert.equal(reached(open, limited({ exit, saidBye: false })), 'crashed');
    const outputTail = "\nthread 'main' has overflowed its stack\nfatal runtime error: stack overflow";
    assert.equal(reached(open, limited({ exit: killed('SIGABRT'), saidBye: false, outputTail })), `stack ${MiB}`);
    assert.equal(reached(open, died({ exit: killed('SIGABRT'), outputTail })), 'crashed');
  });

  it('calls a flood by its name, after memory and before time', () => {
    const stop = { kind: 'flood', limitBytes: 5 * MiB } as const;
    assert.equal(reached(open, died({ stop, exit: killed('SIGKILL') })), `output ${5 * MiB}`);
    assert.equal(reached(open, died({ stop, exit: killed('SIGKILL'), oomKills: 1 })), 'out-of-memory');
    assert.equal(reached(passed, { ...cleanUnit, stop, exit: killed('SIGKILL') }), `output ${5 * MiB}`);
  });

  it('reads the same of a process that is the test itself', () => {
    const exitCode = (code: number, change: Partial<UnitEvidence> = {}) => {
      const unit = limited({ reporting: 'exit-code', exit: { code, signal: null }, saidBye: false, ...change });
      const { verdict } = judgeExitCode(open, unit, each => ({ state: each === 0 ? 'passed' : 'failed' }));
      return verdict.kind === 'limit-reached' ? verdict.limit : verdict.kind;
    };
    assert.deepEqual([exitCode(152), exitCode(153), exitCode(1)], ['cpu', 'file-size', 'failed']);
    assert.equal(exitCode(2, { outputTail: 'sh: 1: Cannot fork' }), 'processes');
    assert.equal(exitCode(0, { outputTail: 'No space left on device' }), 'passed');
    assert.equal(exitCode(1, { outputTail: 'No space left on device' }), 'disk');
  });

  it('tells a silence and the end of the whole run from a slow test', () => {
    for (const limit of ['idle', 'run'] as const) {
      const { verdict, why } = judge(
        open,
        died({ stop: { kind: 'timeout', limit, ms: 1000 }, exit: killed('SIGKILL') }),
      );
      assert.deepEqual(verdict, { kind: 'timed-out', limit, limitMs: 1000 });
      assert.match(why[0] ?? '', limit === 'idle' ? /^Nothing was heard/ : /whole run/);
    }
  });
});

describe('the judge of exit codes', () => {
  const unit = (exit: UnitEvidence['exit'], change: Partial<UnitEvidence> = {}) =>
    died({ reporting: 'exit-code', exit, ...change });
  const read = (code: number) => ({ state: code === 0 ? 'passed' : code === 77 ? 'skipped' : 'failed' }) as const;
  const kind = (evidence: UnitEvidence) => judgeExitCode(open, evidence, read).verdict.kind;

  it('lets the framework read a plain exit code', () => {
    assert.equal(kind(unit({ code: 0, signal: null })), 'passed');
    assert.equal(kind(unit({ code: 1, signal: null })), 'failed');
    assert.equal(kind(unit({ code: 77, signal: null })), 'skipped');
  });

  it('recognises a crash behind a shell, and does not take 137 for one', () => {
    assert.equal(kind(unit({ code: 139, signal: null })), 'crashed');
    assert.equal(kind(unit({ code: 137, signal: null })), 'failed');
  });

  it('reads an uncaught error of memory as what it is', () => {
    const outputTail = 'Traceback (most recent call last):\n  File "x.py", line 1\nMemoryError\n';
    assert.equal(kind(unit({ code: 1, signal: null }, { outputTail })), 'out-of-memory');
    const thrown =
      'x.js:1\nnew ArrayBuffer(1)\n^\n\nRangeError: Array buffer allocation failed\n    at x.js:1\n\nNode.js v24\n';
    assert.equal(kind(unit({ code: 1, signal: null }, { outputTail: thrown })), 'out-of-memory');
    assert.equal(kind(unit({ code: 0, signal: null }, { outputTail })), 'passed');
    assert.equal(kind(unit({ code: 1, signal: null }, { outputTail: 'expected MemoryError\n' })), 'failed');
  });

  it('does not let exit code 0 cover a memory kill', () => {
    assert.equal(kind(unit({ code: 0, signal: null }, { oomKills: 1 })), 'out-of-memory');
  });

  it('names a signal, a time-out and a program that is not there', () => {
    assert.equal(kind(unit(killed('SIGSEGV'))), 'crashed');
    const stop = { kind: 'timeout', limit: 'test', ms: 1000 } as const;
    assert.equal(kind(unit(killed('SIGKILL'), { stop })), 'timed-out');
    assert.equal(kind(unit(null, { spawnError: 'there is no program foo on the PATH' })), 'error');
  });
});
