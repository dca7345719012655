import assert from 'node:assert/strict';
import type { TestEvidence } from '../../../src/engine/evidence.ts';
import { judge } from '../../../src/engine/judge.ts';
import { cleanUnit, died, killed, kindOf, open, passed, unstarted } from './evidence.ts';

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
