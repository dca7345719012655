import assert from 'node:assert/strict';
import { answer } from '../../../src/agents/answer.ts';
import type { TestRecord } from '../../../src/protocol/verdict.ts';
import { mebibyte, sampleRecord } from '../reports/samples.ts';
import { PretendEngine, test } from './engine.ts';

const report = (engine: PretendEngine, input: object = {}, mostCharacters?: number) =>
  answer(
    {
      tool: 'get_test_process_report',
      input,
      signal: new AbortController().signal,
      ...(mostCharacters ? { mostCharacters } : {}),
    },
    engine,
  );

function engineWith(records: readonly TestRecord[]): PretendEngine {
  const engine = new PretendEngine();
  engine.results = [records];
  engine.past = [
    {
      run: 'run-7',
      state: 'ended',
      startedAt: Date.UTC(2026, 0, 2),
      durationMs: 3000,
      planned: records.length,
      recorded: records.length,
      counts: { passed: records.length },
      leaked: 0,
      flaky: 0,
      memoryBudgetBytes: null,
      resumed: 0,
      missing: 0,
      journal: '/j',
    },
  ];
  return engine;
}

const peak = (number: number, mib: number, rest: Partial<TestRecord> = {}) =>
  sampleRecord(
    { kind: 'passed' },
    {
      test: test('/w/test/a.test.js', 'suite', `test ${number}`),
      usage: { peakMemoryBytes: mib * mebibyte, cpuMs: 20, maxProcesses: 2, shared: false },
      ...rest,
    },
  );

describe('get_test_process_report', () => {
  it('tells of what was left behind, and of those that need the most memory', async () => {
    const left = {
      kind: 'leaked-processes',
      total: 1,
      processes: [
        {
          pid: 77,
          parent: 1,
          started: '1',
          command: 'node server.js',
          ageMs: 2000,
          startedBy: ['sh', 'node'],
          listensAt: ['tcp 127.0.0.1:3000'],
        },
      ],
    } as const;
    const text = await report(
      engineWith([...Array.from({ length: 9 }, (_, i) => peak(i, 10 + i)), peak(9, 1, { attributes: [left] })]),
    );
    assert.match(text, /^Run run-7 of 2026-01-02T00:00:00\.000Z, ended after 3 s: 10 tests: 10 passed\./);
    assert.match(text, /Alive now: no test process\./);
    assert.match(
      text,
      /Left behind and killed: node server\.js \(pid 77, 2 s old, started by sh ← node, listening at tcp 127\.0\.0\.1:3000\)/,
    );
    assert.match(
      text,
      /Numbers: peak memory 18 MiB of 128 MiB, CPU 20 ms, 2 processes at once, time limit 1 s, cage: /,
    );
    assert.deepEqual(
      [...text.matchAll(/test (\d) \(/g)].map(([, number]) => number),
      ['9', '8', '7', '6', '5', '4'],
    );
  });

  it('tells of the tests that are asked for, by title or by path, with the end of their output', async () => {
    const output = { text: 'first\n\u001b[31mlast words\u001b[0m\n', droppedBytes: 0 };
    const engine = engineWith([peak(1, 10, { output }), peak(2, 20)]);
    const text = await report(engine, { test: 'SUITE test 1' });
    assert.match(text, /Its output:\n {3}\| first\n {3}\| last words/);
    assert.doesNotMatch(text, /test 2/);
    assert.match(await report(engine, { test: 'test/a.test' }), /test 1[^]*test 2/);
    await assert.rejects(report(engine, { test: 'nowhere' }), /No test of run run-7 has "nowhere"/);
    await assert.rejects(report(engine, { run: 'other' }), /There is no run "other"/);
  });

  it('tells what is alive now, also where no run was kept', async () => {
    const engine = new PretendEngine();
    const subject = { label: 'Server › listens', run: 'r', test: 'k', name: 'n', mechanism: 'cgroup2' } as const;
    const member = {
      pid: 9,
      parent: 1,
      started: '1',
      command: 'node x.js',
      memoryBytes: 5 * mebibyte,
      cpuMs: 1,
      ageMs: 1,
    };
    engine.cages = [{ ...subject, memoryBytes: 6 * mebibyte, memoryCapBytes: null, processes: [member], ageMs: 1500 }];
    const text = await report(engine);
    assert.match(text, /^No run has been kept yet: use run_tests_safely first\./);
    assert.match(
      text,
      /Alive now: 1 cage\.\n- Server › listens: 6 MiB of no cap, for 1\.5 s\n {2}- pid 9, 5 MiB: node x\.js/,
    );
  });

  it('stays within its room', async () => {
    const many = Array.from({ length: 500 }, (_, i) => peak(i, i, { why: ['because '.repeat(100)] }));
    const text = await report(engineWith(many), { test: 'suite' }, 5000);
    assert.ok(text.length <= 5200, `${text.length} characters`);
    assert.match(text, /And \d+ more tests: name one with "test"\.$/);
  });
});
