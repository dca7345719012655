import assert from 'node:assert/strict';
import type { TestEvidence, UnitEvidence } from '../../../src/engine/evidence.ts';
import { judge } from '../../../src/engine/judge.ts';
import { judgeExitCode } from '../../../src/engine/judge-exit-code.ts';
import type { LimitName } from '../../../src/protocol/limits.ts';
import { cleanUnit, died, killed, MiB, open, passed } from './evidence.ts';

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
