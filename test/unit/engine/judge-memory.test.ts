import assert from 'node:assert/strict';
import { judge } from '../../../src/engine/judge.ts';
import { judgeExitCode } from '../../../src/engine/judge-exit-code.ts';
import { cleanUnit, died, killed, kindOf, MiB, open, passed } from './evidence.ts';

describe('the judge of memory', () => {
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
    const gap = judge(open, { ...byKernel, hostKill: { ...counter, missing: 7 } }).why.join();
    assert.match(gap, /; 7 lines of its log were gone before they could be read\.$/);
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

  it('charges a kill for memory in a shared cage to the test that it happened to', () => {
    const unit = died({ shared: true, exit: { code: 3, signal: null }, oomKills: 1 });
    assert.equal(kindOf(open, unit), 'exited-early', 'an earlier test survived the kill of its child');
    assert.equal(kindOf({ ...open, oomKillsDuring: 1 }, unit), 'out-of-memory/kernel-child');
    assert.equal(kindOf({ ...passed, oomKillsAfter: 1 }, unit), 'out-of-memory/kernel-child');
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
});
