import { limitsOf } from '../../../src/config/resolve.ts';
import { defaults } from '../../../src/config/settings.ts';
import type { PastVerdict } from '../../../src/protocol/history.ts';
import type { CageDescription } from '../../../src/protocol/limits.ts';
import type { RunSummary } from '../../../src/protocol/messages.ts';
import type { Attribute, TestRecord, Verdict } from '../../../src/protocol/verdict.ts';
import type { PanelRecord, RunHead, ToPanel } from '../../../src/panel/messages.ts';
import { panelDetails, panelRecord } from '../../../src/panel/record.ts';
import { resourcesOf } from '../../../src/panel/resources.ts';

const mebibyte = 1024 ** 2;
export const folder = { name: 'shop', path: '/home/ada/shop' };

export const cage: CageDescription = {
  mechanism: 'cgroup1',
  label: 'cgroup v1, as root',
  properties: {
    memory: { level: 'enforced', by: 'the kernel (cgroup v1 memory controller), for the test and all its children' },
    processes: { level: 'unavailable', because: 'no cgroup v1 pids hierarchy is mounted' },
    cleanup: { level: 'enforced', by: 'the kernel’s list of the cage’s processes, killed until it is empty' },
    peak: { level: 'watched', how: 'sampled every 250 ms' },
    cpu: { level: 'enforced', by: 'the kernel’s own record (cpuacct.usage)' },
  },
  passedOver: [{ mechanism: 'cgroup2', because: 'no cgroup v2 hierarchy is delegated to this user' }],
};

export const limits: TestRecord['limits'] = {
  ...limitsOf(defaults),
  memoryBytes: 512 * mebibyte,
  swapBytes: 0,
  processes: 256,
  timeoutMs: 30_000,
  startupMs: 60_000,
  slowMs: null,
  teardownMs: 10_000,
  graceMs: 2_000,
  outputBytes: mebibyte,
};

export function recordOf(
  number: number,
  changes: Partial<TestRecord> & { titlePath?: readonly string[] } = {},
): TestRecord {
  const { titlePath = ['Cart', `keeps item ${number}`], ...rest } = changes;
  const file = `${folder.path}/test/cart.test.ts`;
  return {
    test: { key: `key-${number}`, framework: 'mocha', file, titlePath, ordinal: 0, line: 12 },
    project: 'shop',
    verdict: { kind: 'passed' },
    attributes: [],
    messages: [],
    why: ['The framework reported the test as passed.', 'The process ended with code 0.'],
    startedAt: Date.UTC(2026, 0, 2, 14, 3, 22),
    durationMs: 20 + ((number * 37) % 900),
    usage: {
      peakMemoryBytes: (48 + ((number * 13) % 90)) * mebibyte,
      cpuMs: 15 + ((number * 29) % 700),
      maxProcesses: 1 + (number % 3),
      shared: false,
    },
    limits,
    cage: 'cgroup1',
    output: { text: '', droppedBytes: 0 },
    ...rest,
  };
}

const verdicts: readonly { verdict: Verdict; titlePath: readonly string[]; changes?: Partial<TestRecord> }[] = [
  { verdict: { kind: 'passed' }, titlePath: ['Cart', 'starts empty'] },
  {
    verdict: { kind: 'failed' },
    titlePath: ['Cart', 'totals', 'adds the tax of each item before rounding to whole cents'],
    changes: {
      durationMs: 1240,
      messages: [
        {
          text: 'AssertionError: expected totals to be equal',
          expected: '{\n  "net": 100,\n  "tax": 19,\n  "gross": 119\n}',
          actual: '{\n  "net": 100,\n  "tax": 18.99,\n  "gross": 118.99\n}',
          file: '/home/ada/shop/test/cart.test.ts',
          line: 42,
          stack:
            '    at Context.<anonymous> (test/cart.test.ts:42:14)\n    at process.processImmediate (node:internal/timers:504:21)',
        },
      ],
      why: [
        'The framework reported the test as failed with one message.',
        'The process ended with code 1.',
        'Nothing of the cage was alive after it.',
      ],
      output: {
        text: '\u001b[1mloading prices\u001b[22m … \u001b[32mok\u001b[39m\n\u001b[33mwarning\u001b[39m: rate for \u001b[36mDE\u001b[39m is \u001b[7m 18.99 \u001b[27m\n\u001b[90m3 requests in 12 ms\u001b[0m \u001b[2mdim\u001b[22m \u001b[7;32m PASS \u001b[0m \u001b[41;37m FAIL \u001b[0m \u001b[30mblack\u001b[97mwhite\u001b[34mblue\u001b[0m\n',
        droppedBytes: 0,
      },
    },
  },
  {
    verdict: { kind: 'skipped', reason: 'needs a printer' },
    titlePath: ['Receipt', 'prints'],
    changes: { durationMs: null, startedAt: null },
  },
  {
    verdict: { kind: 'error', phase: 'load', message: "Cannot find module './prices.js'" },
    titlePath: ['Prices', 'are loaded'],
    changes: {
      messages: [
        { text: "Error: Cannot find module './prices.js'\nRequire stack:\n- /home/ada/shop/test/prices.test.ts" },
      ],
    },
  },
  {
    verdict: { kind: 'timed-out', limit: 'test', limitMs: 30_000 },
    titlePath: ['Checkout', 'waits for the payment'],
    changes: { durationMs: 30_004 },
  },
  {
    verdict: { kind: 'out-of-memory', cause: 'kernel', capBytes: 512 * mebibyte, peakBytes: 512 * mebibyte },
    titlePath: ['Catalogue', 'imports a supplier’s whole price list'],
    changes: {
      durationMs: 3_180,
      usage: { peakMemoryBytes: 512 * mebibyte, cpuMs: 2_900, maxProcesses: 4, shared: false },
      timeline: {
        version: 1,
        startedAt: Date.UTC(2026, 0, 2, 14, 3, 21, 500),
        stepMs: 250,
        memoryKiB: [38, 61, 64, 130, 190, 240, 238, 300, 350, 366, 420, 455, 490, 512, 512].map(each => each * 1024),
        processes: [1, 1, 2, 4, 4, 4, 4, 3, 3, 4, 4, 4, 4, 4, 2],
        cpuMs: [120, 240, 250, 180, 160, 200, 210, 205, 190, 180, 230, 240, 245, 160, 90],
      },
    },
  },
  {
    verdict: { kind: 'crashed', signal: 'SIGSEGV' },
    titlePath: ['Thumbnails', 'are cropped'],
    changes: { durationMs: 210 },
  },
  {
    verdict: { kind: 'limit-reached', limit: 'open-files', allowed: 256 },
    titlePath: ['Checkout', 'keeps its sockets'],
  },
  { verdict: { kind: 'killed-outside', signal: 'SIGKILL' }, titlePath: ['Checkout', 'survives a restart'] },
  {
    verdict: { kind: 'exited-early', code: 0 },
    titlePath: ['Command line', 'prints its help'],
    changes: { durationMs: 95 },
  },
  {
    verdict: { kind: 'expected-failure', reason: 'waits for the new parser' },
    titlePath: ['Command line', 'reads @files'],
  },
  { verdict: { kind: 'unexpected-pass' }, titlePath: ['Command line', 'reads stdin'] },
  {
    verdict: { kind: 'cancelled' },
    titlePath: ['Search', 'ranks by stock'],
    changes: { durationMs: null, startedAt: null },
  },
  {
    verdict: { kind: 'not-run', because: '2 tests had failed' },
    titlePath: ['Search', 'forgets nothing'],
    changes: { durationMs: null, startedAt: null },
  },
  {
    verdict: { kind: 'known-failure', was: { kind: 'failed' }, reason: 'counts a returned item twice' },
    titlePath: ['Search', 'counts returns'],
  },
  { verdict: { kind: 'lost' }, titlePath: ['Search', 'ignores accents'], changes: { durationMs: null } },
];

const leak: Attribute = {
  kind: 'leaked-processes',
  total: 2,
  processes: [
    { pid: 48_211, parent: 1, started: '1', command: 'node ./server.js --port 0' },
    {
      ...{ pid: 48_230, parent: 48_211, started: '2', command: 'sleep 600' },
      ...{ ageMs: 1200, startedBy: ['node server.js', 'sh'], listensAt: ['tcp 127.0.0.1:3000'] },
    },
  ],
};

const processes = [
  { pid: 48_200, parent: 1, name: 'node mocha' },
  { pid: 48_210, parent: 48_200, name: 'sh' },
  { pid: 48_211, parent: 48_210, name: 'node server.js' },
  { pid: 48_230, parent: 48_211, name: 'sleep' },
];

/** A test of each verdict, one that passed but left processes behind in a cage it shared, and one that passed at last. */
export function everyVerdict(): TestRecord[] {
  const each = verdicts.map(({ verdict, titlePath, changes }, i) => recordOf(i, { titlePath, verdict, ...changes }));
  const leaking = recordOf(each.length, {
    titlePath: ['Server', 'listens'],
    attributes: [leak, { kind: 'near-memory-cap', fraction: 0.93 }],
    processes,
    usage: {
      ...{ peakMemoryBytes: 476 * mebibyte, cpuMs: 640, maxProcesses: 5, shared: true },
      storage: { readBytes: 3 * mebibyte, writtenBytes: 12 * mebibyte },
    },
  });
  const flaky = recordOf(each.length + 1, {
    titlePath: ['Server', 'answers within a second'],
    attributes: [{ kind: 'retried', earlier: [{ kind: 'failed' }, { kind: 'failed' }] }],
  });
  return [...each, flaky, leaking];
}

/** Of one test, the newest first: it took more memory each time, until there was none. */
export function pastOf(): PastVerdict[] {
  const kinds = ['out-of-memory', 'passed', 'skipped', 'passed', 'passed'] as const;
  return kinds.map((verdict, age) => ({
    run: `run-${5 - age}`,
    runStartedAt: Date.UTC(2026, 0, 2 - age, 14, 3, 22),
    verdict,
    startedAt: Date.UTC(2026, 0, 2 - age, 14, 3, 23),
    durationMs: verdict === 'skipped' ? null : 3_180 - age * 500,
    peakMemoryBytes: verdict === 'skipped' ? null : (512 - age * 90) * mebibyte,
    cpuMs: null,
    attempts: 1,
  }));
}

/** Rows of a large run as the host would send them: one in 97 fails. */
export function manyRows(count: number): PanelRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    key: `row-${i}`,
    title: `handles case ${i} of the matrix`,
    suite: `Matrix › group ${i % 40}`,
    folder: folder.name,
    file: `test/matrix/part-${i % 200}.test.ts`,
    kind: i % 97 === 0 ? 'failed' : i % 389 === 1 ? 'timed-out' : 'passed',
    headline: i % 97 === 0 ? 'Failed after 12 ms' : 'Passed in 12 ms',
    durationMs: (i * 7919) % 5000,
    peakMemoryBytes: (30 + ((i * 31) % 400)) * mebibyte,
    memoryCapBytes: 512 * mebibyte,
    cpuMs: (i * 104_729) % 4000,
    maxProcesses: 1 + (i % 5),
    storageBytes: (i % 50) * 4096,
    shared: false,
    cage: 'cgroup1',
    leaked: 0,
    attempts: 1,
  }));
}

export function headOf(planned: number, changes: Partial<RunHead> = {}): RunHead {
  return {
    run: 'run-1',
    title: 'All tests',
    startedAt: Date.UTC(2026, 0, 2, 14, 3, 22),
    elapsedMs: 0,
    planned,
    cage,
    ...changes,
  };
}

export function summaryOf(planned: number, changes: Partial<RunSummary> = {}): RunSummary {
  const fixed = { run: 'run-1', startedAt: Date.UTC(2026, 0, 2, 14, 3, 22), durationMs: 41_300, journal: null };
  return { ...fixed, planned, counts: {}, leaked: 0, flaky: 0, cancelled: false, problems: [], ...changes };
}

/** The host's answer to somebody who looks at the test. */
export function detailsOf(record: TestRecord): ToPanel {
  const details = panelDetails(record);
  return { type: 'details', key: details.key, details, resources: resourcesOf(panelRecord(record, folder), details) };
}
