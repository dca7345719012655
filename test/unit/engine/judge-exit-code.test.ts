import assert from 'node:assert/strict';
import type { UnitEvidence } from '../../../src/engine/evidence.ts';
import { judgeExitCode } from '../../../src/engine/judge-exit-code.ts';
import { died, killed, open } from './evidence.ts';

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
