import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Progress, type ProgressOptions } from '../../../src/cli/progress.ts';
import type { Notice } from '../../../src/protocol/messages.ts';
import type { TestRecord } from '../../../src/protocol/verdict.ts';
import { mebibyte, sampleRecord } from '../reports/samples.ts';
import { FakeScreen } from './screen.ts';

describe('the progress of a run', () => {
  let screen: FakeScreen;
  let progress: Progress;
  const options: ProgressOptions = { folder: '/w', quiet: false, verbose: false, heartbeatMs: 60_000, told: [] };
  const begin = (rest: Partial<ProgressOptions> = {}, live = false) => {
    screen = new FakeScreen();
    progress = new Progress(screen.terminal({ live }), { ...options, ...rest });
  };
  const record = (rest: TestRecord): Notice => ({ notice: 'record', run: 'r', record: rest });
  const planned = (count: number): Notice => ({
    notice: 'planned',
    run: 'r',
    tests: Array.from({ length: count }, () => sampleRecord({ kind: 'passed' }).test),
  });
  const live: Notice = { notice: 'live', memoryBytes: 1200 * mebibyte, processes: 14, cages: 4, running: 4 };

  afterEach(() => progress.end());

  it('is one line on a terminal', async () => {
    begin({}, true);
    for (const notice of [planned(2), record(sampleRecord({ kind: 'passed' })), live]) progress.hear(notice);
    await sleep(30);
    assert.match(screen.written, /1\/2 · 1\.2 GiB in 4 cages · 14 processes$/);
    progress.hear(planned(1500));
    progress.hear(record(sampleRecord({ kind: 'lost' })));
    await sleep(150);
    assert.match(screen.written, /2\/1,502 · 1 failed · 1\.2 GiB in 4 cages · 14 processes$/);
  });

  it('names a slow test while it runs', async () => {
    begin({}, true);
    const { test } = sampleRecord({ kind: 'passed' });
    progress.hear({ notice: 'planned', run: 'r', tests: [test] });
    progress.hear({ notice: 'slow', run: 'r', key: test.key, ms: 10_000 });
    assert.match(screen.written, /^… .*\n {4}still running after 10 s\n/);
    await sleep(30);
    assert.match(screen.written, /0\/1 · 1 slow$/);
    progress.hear(record(sampleRecord({ kind: 'passed' })));
    await sleep(150);
    assert.match(screen.written, /1\/1$/);
  });

  it('is a line now and then where output is no terminal', async () => {
    begin({ heartbeatMs: 20 });
    progress.hear(planned(3));
    await sleep(100);
    progress.end();
    const beats = screen.written.split('\n').length;
    assert.match(screen.written, /^0\/3\n0\/3\n/);
    await sleep(60);
    assert.equal(screen.written.split('\n').length, beats);
  });

  it('is silent when that is asked for', async () => {
    begin({ quiet: true, heartbeatMs: 5 });
    progress.hear(planned(3));
    await sleep(30);
    assert.equal(screen.written, '');
  });

  it('shows tests as they fail, and those that left something running or an error to nobody', () => {
    begin();
    progress.hear(record(sampleRecord({ kind: 'passed' })));
    progress.hear(record(sampleRecord({ kind: 'skipped' })));
    assert.equal(screen.written, '');
    progress.hear(record(sampleRecord({ kind: 'crashed', signal: 'SIGSEGV' })));
    assert.match(screen.written, /^✗ suite › test {2}test\/a\.test\.js:7\n {4}Crashed: SIGSEGV/);
    const attributes = [{ kind: 'leaked-processes' as const, processes: [], total: 1 }];
    progress.hear(record(sampleRecord({ kind: 'passed' }, { attributes })));
    assert.match(screen.written, /\n! suite › test .*\n {4}Passed .* left 1 process running/);
    assert.deepEqual(progress.failed, [{ kind: 'crashed', title: 'suite › test', place: 'test/a.test.js:7' }]);
    const unhandled = { kind: 'unhandled-rejection' as const, failure: { text: 'no such cart' } };
    progress.hear(record(sampleRecord({ kind: 'passed' }, { attributes: [unhandled] })));
    assert.match(screen.written, /\n! suite › test .*\n {4}Passed .* an error was handled by nobody: no such cart/);
    assert.equal(progress.done, 5);
  });

  it('tells a problem once, and not at all when it was told before', () => {
    const known = { severity: 'error' as const, file: '/w/f', line: 3, message: 'bad', fix: 'Mend it.' };
    begin({ told: [known] });
    const problem = { ...known, line: 4 };
    for (const each of [known, problem, problem]) progress.hear({ notice: 'problem', problem: each });
    assert.equal(screen.written, 'error: /w/f:4: bad\n  Mend it.\n');
  });

  it('passes on what the warden warns of, and nothing smaller', () => {
    begin();
    progress.hear({ notice: 'log', level: 'info', text: 'quiet' });
    progress.hear({ notice: 'log', level: 'warn', text: 'a cage could not be removed' });
    assert.equal(screen.written, 'a cage could not be removed\n');
  });
});
