import assert from 'node:assert/strict';
import {
  verdictKinds,
  type Attribute,
  type ReachedLimit,
  type TestRecord,
  type Verdict,
} from '../../../src/protocol/verdict.ts';
import { advice, attributeText, headline, titleText, verdictLabel } from '../../../src/reports/wording.ts';
import { everyVerdict, mebibyte, sampleRecord } from './samples.ts';

describe('the first line about a test', () => {
  const lines: readonly (readonly [line: string, verdict: Verdict, rest?: Partial<TestRecord>])[] = [
    ['Passed in 400 ms, peak 41 MiB', { kind: 'passed' }],
    ['Passed', { kind: 'passed' }, { durationMs: null, usage: noUsage() }],
    ['Failed after 400 ms, peak 41 MiB', { kind: 'failed' }],
    ['Skipped', { kind: 'skipped' }],
    ['Skipped: needs a server', { kind: 'skipped', reason: 'needs a server\nreally' }],
    [
      'Error while loading the file: Cannot find module',
      { kind: 'error', phase: 'load', message: '\nCannot find module\n./x' },
    ],
    ['Error in a hook: boom', { kind: 'error', phase: 'hook', message: 'boom' }],
    [
      'Error before anything was started: Refused: no cap',
      { kind: 'error', phase: 'refused', message: 'Refused: no cap' },
    ],
    [
      'Timed out after 1.05 s (limit 1 s), peak 41 MiB',
      { kind: 'timed-out', limit: 'test', limitMs: 1000 },
      { durationMs: 1050 },
    ],
    [
      'Timed out: the framework did not start within 1 min 0 s, peak 41 MiB',
      { kind: 'timed-out', limit: 'start-up', limitMs: 60_000 },
    ],
    [
      'Timed out: the process did not end within 5 s after the test, peak 41 MiB',
      { kind: 'timed-out', limit: 'teardown', limitMs: 5000 },
    ],
    ['Timed out: nothing was heard of it for 10 s, peak 41 MiB', { kind: 'timed-out', limit: 'idle', limitMs: 10_000 }],
    [
      'Timed out: the run as a whole had taken 1 min 0 s, peak 41 MiB',
      { kind: 'timed-out', limit: 'run', limitMs: 60_000 },
    ],
    [
      'Timed out before it started: the run as a whole had taken 1 min 0 s',
      { kind: 'timed-out', limit: 'run', limitMs: 60_000 },
      { startedAt: null, durationMs: null, usage: noUsage() },
    ],
    ['Limit reached: a process used 2 s of CPU time after 400 ms, peak 41 MiB', reached('cpu', 2000)],
    ['Limit reached: a file grew to 1 MiB after 400 ms, peak 41 MiB', reached('file-size', mebibyte)],
    ['Limit reached: it printed more than 64 MiB after 400 ms, peak 41 MiB', reached('output', 64 * mebibyte)],
    [
      'Limit reached: its temporary folder was full at 100 MiB after 400 ms, peak 41 MiB',
      reached('disk', 100 * mebibyte),
    ],
    ['Limit reached: 256 files open at once in a process after 400 ms, peak 41 MiB', reached('open-files', 256)],
    ['Limit reached: the stack grew to 1 MiB after 400 ms, peak 41 MiB', reached('stack', mebibyte)],
    ['Limit reached: 100 processes and threads at once after 400 ms, peak 41 MiB', reached('processes', 100)],
    ['Out of memory: killed by the kernel at 128 MiB (cap 128 MiB) after 400 ms', memory('kernel', 128, 128)],
    [
      'Out of memory: a child process was killed by the kernel (cap 128 MiB) after 400 ms',
      memory('kernel-child', 128, null),
    ],
    ['Out of memory: stopped by the memory watch at 140 MiB (cap 128 MiB) after 400 ms', memory('watched', 128, 140)],
    [
      "Out of memory: the runtime's own heap limit was reached at 90 MiB (no cap) after 400 ms",
      memory('heap', null, 90),
    ],
    [
      'Out of memory: the machine, or its container, had no more at 90 MiB (cap 128 MiB) after 400 ms',
      memory('host', 128, 90),
    ],
    ['Crashed: SIGSEGV (invalid memory access) after 400 ms, peak 41 MiB', { kind: 'crashed', signal: 'SIGSEGV' }],
    ['Crashed: SIGUSR1 after 400 ms, peak 41 MiB', { kind: 'crashed', signal: 'SIGUSR1' }],
    [
      'Crashed: SIGABRT (aborted), reported by the shell after 400 ms, peak 41 MiB',
      { kind: 'crashed', signal: 'SIGABRT', reportedBy: 'shell' },
    ],
    [
      'Killed from outside: SIGKILL, not sent by Bulkhead after 400 ms, peak 41 MiB',
      { kind: 'killed-outside', signal: 'SIGKILL' },
    ],
    ['Exited early with code 0 before the test ended, after 400 ms, peak 41 MiB', { kind: 'exited-early', code: 0 }],
    ['Not run: a test had failed', { kind: 'not-run', because: 'a test had failed' }],
    ['Cancelled after 400 ms', { kind: 'cancelled' }],
    ['Cancelled before it started', { kind: 'cancelled' }, { startedAt: null, durationMs: null }],
    ['Lost: the run ended without a verdict for this test', { kind: 'lost' }],
  ];

  for (const [line, verdict, rest] of lines) {
    it(`is "${line}"`, () => assert.equal(headline(sampleRecord(verdict, rest)), line));
  }

  it('says what was left running, and what could not be killed', () => {
    const processes = [{ pid: 7, parent: 1, started: '1', command: 'sleep 60' }];
    const attributes: Attribute[] = [
      { kind: 'leaked-processes', processes, total: 2 },
      { kind: 'survivors', processes },
    ];
    assert.equal(
      headline(sampleRecord({ kind: 'passed' }, { attributes })),
      'Passed in 400 ms, peak 41 MiB · left 2 processes running (killed) · 1 process could not be killed',
    );
  });

  it('does not say of a test that ran out of memory that it came near its cap', () => {
    const attributes: Attribute[] = [{ kind: 'near-memory-cap', fraction: 1 }];
    assert.doesNotMatch(headline(sampleRecord(memory('kernel', 128, 128), { attributes })), /100 %/);
    assert.match(headline(sampleRecord({ kind: 'passed' }, { attributes })), / · at 100 % of the memory cap$/);
  });

  it('says that a test was slow, unless it was out of time', () => {
    const attributes: Attribute[] = [{ kind: 'slow', thresholdMs: 300 }];
    assert.match(headline(sampleRecord({ kind: 'passed' }, { attributes })), / · slow$/);
    const late = sampleRecord({ kind: 'timed-out', limit: 'test', limitMs: 400 }, { attributes });
    assert.doesNotMatch(headline(late), /slow/);
  });

  it('says that a quota held a test back', () => {
    const attributes: Attribute[] = [{ kind: 'throttled', times: 12, ms: 3200 }];
    const late = sampleRecord({ kind: 'timed-out', limit: 'test', limitMs: 400 }, { attributes });
    assert.match(headline(late), / · held back by a CPU quota for 3\.2 s$/);
  });

  it('says whose the numbers are when a cage was shared', () => {
    const usage = { ...sampleRecord({ kind: 'passed' }).usage, shared: true };
    assert.equal(
      headline(sampleRecord({ kind: 'passed' }, { usage })),
      'Passed in 400 ms, peak 41 MiB shared with other tests',
    );
  });

  it('is one bounded line whatever a test has to say', () => {
    const message = `\x1b[31m${'x'.repeat(1e6)}\n`;
    for (const verdict of [
      { kind: 'error', phase: 'load', message },
      { kind: 'skipped', reason: message },
    ] as const) {
      const line = headline(sampleRecord(verdict));
      assert.ok(line.length < 300, `${line.length}`);
      assert.doesNotMatch(line, /\p{Cc}/u);
    }
  });
});

describe('the words for a verdict', () => {
  it('are different for each', () => {
    assert.equal(new Set(verdictKinds.map(verdictLabel)).size, verdictKinds.length);
  });

  it('begin every first line of that verdict', () => {
    for (const verdict of everyVerdict) {
      assert.ok(headline(sampleRecord(verdict)).startsWith(verdictLabel(verdict.kind)), verdict.kind);
    }
  });

  it('come with advice where the failure does not speak for itself', () => {
    const advised = everyVerdict.filter(verdict => advice(sampleRecord(verdict)) !== null).map(({ kind }) => kind);
    assert.deepEqual(advised, [
      'unexpected-pass',
      'error',
      'timed-out',
      'out-of-memory',
      'limit-reached',
      'crashed',
      'killed-outside',
      'exited-early',
      'lost',
    ]);
    const leaked: Attribute[] = [{ kind: 'leaked-processes', processes: [], total: 1 }];
    assert.match(advice(sampleRecord({ kind: 'passed' }, { attributes: leaked })) ?? '', /"leaks"/);
  });
});

describe('advice on limits', () => {
  const limited = { ...sampleRecord({ kind: 'passed' }).limits, stackBytes: mebibyte, cpuMs: 1000 };

  it('names the stack limit where a SIGSEGV may come from it', () => {
    const verdict: Verdict = { kind: 'crashed', signal: 'SIGSEGV' };
    assert.match(advice(sampleRecord(verdict, { limits: limited })) ?? '', /"stack", 1 MiB/);
    assert.doesNotMatch(advice(sampleRecord(verdict)) ?? '', /"stack"/);
  });

  it('explains a recursion without an end', () => {
    const messages = [{ text: 'RangeError: Maximum call stack size exceeded' }];
    assert.match(advice(sampleRecord({ kind: 'failed' }, { messages })) ?? '', /recursion/);
    assert.equal(advice(sampleRecord({ kind: 'failed' }, { messages: [{ text: 'expected 1' }] })), null);
  });

  it('names the CPU limit where a SIGKILL may come from it', () => {
    const verdict: Verdict = { kind: 'killed-outside', signal: 'SIGKILL' };
    const usage = { ...sampleRecord(verdict).usage, cpuMs: 2100 };
    assert.match(advice(sampleRecord(verdict, { limits: limited, usage })) ?? '', /"cpu"/);
    assert.doesNotMatch(advice(sampleRecord(verdict, { limits: limited })) ?? '', /"cpu"/);
  });
});

describe('the advice for a test that was tried again', () => {
  it('speaks of chance only where it did not always come to the same', () => {
    const tried = (earlier: readonly Verdict[]) =>
      advice(sampleRecord({ kind: 'failed' }, { attributes: [{ kind: 'retried', earlier }] }));
    assert.equal(tried([{ kind: 'failed' }, { kind: 'failed' }]), null);
    assert.match(
      tried([{ kind: 'failed' }, { kind: 'crashed', signal: 'SIGSEGV' }]) ?? '',
      /not always come to the same/,
    );
  });
});

describe('the words for an attribute', () => {
  const process = (pid: number, command: string) => ({ pid, parent: 1, started: '1', command });

  it('name a few of the processes and count the rest', () => {
    const processes = Array.from({ length: 8 }, (_, index) => process(index + 1, `node ${'x'.repeat(500)}`));
    const text = attributeText({ kind: 'leaked-processes', processes, total: 1200 });
    assert.match(text, /^Left 1,200 processes running, ended by Bulkhead: node x+… \(1\), .* 1,195 more$/);
    assert.ok(text.length < 600);
  });

  it('survive a process that hides its name', () => {
    assert.match(attributeText({ kind: 'survivors', processes: [process(9, '\x1b[2J\n')] }), /unnamed \(9\)$/);
  });

  for (const [attribute, text] of [
    [{ kind: 'leaked-pipe' }, /pipe/],
    [{ kind: 'near-memory-cap', fraction: 0.934 }, /93 %/],
    [{ kind: 'retried-by-framework', retries: 1 }, /1 time$/],
    [{ kind: 'output-truncated', droppedBytes: 3 * mebibyte }, /3 MiB left out of its middle$/],
    [
      { kind: 'output-truncated', droppedBytes: 3 * mebibyte, file: '/r/o.log', bytes: 9 },
      /; the whole in \/r\/o\.log$/,
    ],
    [
      { kind: 'output-truncated', droppedBytes: 1, file: '/r/o.log', bytes: 4 * mebibyte, missing: 'it is full' },
      /; its first 4 MiB in \/r\/o\.log \(it is full\)$/,
    ],
    [
      { kind: 'output-truncated', droppedBytes: 1, missing: 'no\n\x1b[2Jspace' },
      /; there is no file of it \(no space\)$/,
    ],
    [{ kind: 'ignored-sigterm' }, /SIGTERM/],
    [
      { kind: 'left-behind', leak: 'changed-environment', what: ['A', 'B'], total: 9 },
      /^Left its environment changed: A, B, 7 more$/,
    ],
    [{ kind: 'processes-refused', times: 3 }, /3 times/],
    [
      { kind: 'limit-not-enforced', limit: 'openFiles', because: 'it cannot' },
      /open files was not enforced: it cannot/,
    ],
    [{ kind: 'protocol', problem: 'a gap at 7' }, /a gap at 7/],
  ] as const satisfies readonly (readonly [Attribute, RegExp])[]) {
    it(`tell of "${attribute.kind}"`, () => assert.match(attributeText(attribute), text));
  }
});

describe('the title of a test', () => {
  it('is its path on one line', () => {
    assert.equal(titleText({ titlePath: ['a\nb', '  c\t', '\x1b[1md'] }), 'a b › c › d');
  });

  it('is bounded, even of a megabyte', () => {
    assert.equal(titleText({ titlePath: ['x'.repeat(1e6)] }).length, 200);
  });
});

function noUsage() {
  return { peakMemoryBytes: null, cpuMs: null, maxProcesses: null, shared: false };
}

function reached(limit: ReachedLimit, allowed: number): Verdict {
  return { kind: 'limit-reached', limit, allowed };
}

function memory(
  cause: 'kernel' | 'kernel-child' | 'watched' | 'heap' | 'host',
  cap: number | null,
  peak: number | null,
): Verdict {
  const bytes = (mebibytes: number | null) => (mebibytes === null ? null : mebibytes * mebibyte);
  return { kind: 'out-of-memory', cause, capBytes: bytes(cap), peakBytes: bytes(peak) };
}
