/**
 * Events from a framework's process into the store: a sender that is killed after its last word, the pipe, the reader, the
 * judge, the journal, and the database in its thread, all as in a warden. One sender and two, as for cages that run at the same
 * time, take turns. `node bench/store.ts [tests] [rounds] [--check]`.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { limitsOf } from '../src/config/resolve.ts';
import { defaults } from '../src/config/settings.ts';
import type { TestEvidence, UnitEvidence } from '../src/engine/evidence.ts';
import { judge } from '../src/engine/judge.ts';
import { Journal } from '../src/engine/journal.ts';
import type { InsideEvent } from '../src/protocol/events.ts';
import { type TestInfo, testKey } from '../src/protocol/tests.ts';
import { History } from '../src/warden/history.ts';
import { bundleSender, receive } from './channel.ts';

const [tests = 100_000, rounds = 3] = process.argv.slice(2).flatMap(word => (/^\d+$/.test(word) ? [Number(word)] : []));
const promised = 100_000;
/** Not in the types of the Node that the product supports. */
const { threadCpuUsage } = process as unknown as { threadCpuUsage: NodeJS.Process['cpuUsage'] };
const folder = mkdtempSync(join(tmpdir(), 'bulkhead-bench-'));
const root = resolve(import.meta.dirname, '..');
await build({
  entryPoints: { store: join(root, 'src/store/worker.ts') },
  outdir: folder,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  logLevel: 'warning',
});
const sender = await bundleSender(folder);

const workspace = { name: 'w', path: '/w' };
const project = { id: 'mocha:w:.', framework: 'mocha', folder: workspace, label: 'mocha', root: '/w' };
const limits = limitsOf(defaults);
const unit: UnitEvidence = {
  spawnError: null,
  exit: { code: 0, signal: null },
  stop: null,
  oomKills: 0,
  refusedProcesses: 0,
  refusedMemory: null,
  unenforced: [],
  peakMemoryBytes: 40 * 1024 ** 2,
  cpuMs: 12,
  maxProcesses: 1,
  wallMs: 100,
  leftovers: [],
  survivors: [],
  leakedPipe: false,
  ignoredSigterm: false,
  outputTail: '',
  protocolProblems: [],
  reporting: 'events',
  shared: false,
  limits,
  saidHello: true,
  saidBye: true,
  errors: [],
  expectedCode: 0,
  charged: false,
  anyUnstarted: false,
};

function infoOf(titlePath: readonly string[]): TestInfo {
  const identity = { framework: 'mocha', file: '/w/test/a.test.js', titlePath, ordinal: 0 };
  return { ...identity, key: testKey(project, identity) };
}

interface Round {
  readonly senders: number;
  readonly events: number;
  /** The pace until the last verdict was in the database. */
  readonly stored: number;
  readonly stallMs: number;
  /** Of this process, both threads, without the sender. */
  readonly cpuUsPerEvent: number;
  /** Of the thread that has more to do, the warden's own or the store's. */
  readonly busierUsPerEvent: number;
  /** Of a sender, each of which says its share. */
  readonly senderUsPerEvent: number;
}

async function round(senders: number, storage: string): Promise<Round> {
  const fail = (problem: { message: string }) => {
    throw new Error(problem.message);
  };
  const keep = () => Promise.resolve({ runs: null, days: null, bytes: null });
  const history = new History({ dist: folder, storage, keep, onProblem: fail, onRemoved: () => undefined });
  // The thread and the table of tests are there, as in every run but the first.
  await history.ask('history', {});
  const opening = { selection: { kind: 'all' }, overrides: {} } as const;
  const journal = new Journal({
    storage,
    run: 'bench',
    opening,
    onProblem: fail,
    onGrown: () => history.grown('bench'),
  });
  const planned = Array.from({ length: tests }, (_, test) => infoOf(['a suite of tests', `test number ${test}`]));
  const infos = new Map(planned.map(info => [info.titlePath.join('\0'), info]));
  for (let from = 0; from < tests; from += 100)
    journal.write({ entry: 'plan', project: project.id, tests: planned.slice(from, from + 100) });
  await history.ask('records', { run: 'bench', limit: 1 });

  const end = (event: Extract<InsideEvent, { t: 'end' }>): void => {
    const evidence: TestEvidence = {
      started: true,
      end: event,
      lateEnd: null,
      oomKillsDuring: 0,
      oomKillsAfter: 0,
      errors: [],
      unhandled: [],
      leftOpen: [],
      leaks: [],
      leftovers: [],
      last: true,
    };
    void journal.record({
      test: infos.get(event.path.join('\0'))!,
      project: project.id,
      ...judge(evidence, unit),
      attributes: [],
      startedAt: Date.now(),
      durationMs: event.ms,
      usage: { peakMemoryBytes: unit.peakMemoryBytes, cpuMs: unit.cpuMs, maxProcesses: 1, shared: false },
      limits,
      cage: 'cgroup2',
      output: { text: '', droppedBytes: 0 },
    });
  };
  let stallMs = 0;
  let last = performance.now();
  let began = 0;
  const cpuBefore = process.cpuUsage();
  const ownBefore = threadCpuUsage();
  const onEvent = (event: InsideEvent) => {
    const now = performance.now();
    // The sender's own start is no matter of ours.
    if (began === 0) [began, last] = [now, now];
    stallMs = Math.max(stallMs, now - last);
    last = now;
    if (event.t === 'end') end(event);
  };
  const shares = Array.from({ length: senders }, (_, index): readonly [number, number] => [
    Math.round((index * tests) / senders),
    Math.round(((index + 1) * tests) / senders),
  ]);
  const received = await Promise.all(shares.map(share => receive(sender, share, onEvent)));
  const events = received.reduce((sum, each) => sum + each.events, 0);
  const [past] = await history.ask('history', {});
  const stored = performance.now();
  const cpu = process.cpuUsage(cpuBefore);
  const own = threadCpuUsage(ownBefore);
  journal.close();
  for (const { signal, problems } of received)
    if (signal !== 'SIGKILL' || problems.length > 0) throw new Error(`${signal}: ${problems.join()}`);
  if (events !== 2 * tests || past?.recorded !== tests)
    throw new Error(`lost: ${events} events, ${past?.recorded} verdicts`);
  return {
    senders,
    events,
    stored: (events / (stored - began)) * 1000,
    stallMs,
    cpuUsPerEvent: (cpu.user + cpu.system) / events,
    busierUsPerEvent: Math.max(own.user + own.system, cpu.user + cpu.system - own.user - own.system) / events,
    senderUsPerEvent: received.reduce((sum, each) => sum + each.cpuUs, 0) / events,
  };
}

/** What sets the pace where each of them has a core. */
function slowest({ senders, busierUsPerEvent, senderUsPerEvent }: Round): number {
  return Math.max(busierUsPerEvent, senderUsPerEvent / senders);
}

const results: Round[] = [];
for (let number = 0; number < 2 * rounds; number++) {
  const senders = 1 + (number % 2);
  const storage = join(folder, `round-${number}`);
  results.push(await round(senders, storage));
  const bytes = (name: string) => statSync(join(storage, name)).size / tests;
  if (number === 0) {
    console.log(
      `${tests} tests, two events each; journal ${bytes('runs/bench/journal.ndjson').toFixed(0)} bytes a test, database ${bytes('history.db').toFixed(0)}; load ${loadavg()[0]?.toFixed(1)}\n`,
    );
    console.log(
      '| senders | lost | events/s | CPU of an event, sender | both threads | the busier one | longest stall |\n|---|---|---|---|---|---|---|',
    );
  }
  const { stored, stallMs, cpuUsPerEvent, busierUsPerEvent, senderUsPerEvent } = results.at(-1)!;
  console.log(
    `| ${senders} | 0 | ${Math.round(stored)} | ${senderUsPerEvent.toFixed(1)} µs | ${cpuUsPerEvent.toFixed(1)} µs | ${busierUsPerEvent.toFixed(1)} µs | ${stallMs.toFixed(0)} ms |`,
  );
}
rmSync(folder, { recursive: true });
const seconds = (each: Round) => each.events / each.stored;
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
/** Of all rounds together: neither the best of them nor the worst says what can be gone on with. */
const sustained = (rounds: readonly Round[]) =>
  Math.round(sum(rounds.map(({ events }) => events)) / sum(rounds.map(seconds)));
const of = (senders: number) => results.filter(each => each.senders === senders);
const enough = results.filter(({ stored }) => stored >= promised).length;
const byProcessor = (senders: number) => Math.round(1e6 / Math.min(...of(senders).map(slowest)));
console.log(
  `\nFrom the pipe into the database: ${sustained(results)} events/s of all rounds together (promised: ${promised}), ${sustained(of(1))} of one sender and ${sustained(of(2))} of two; ${enough} of ${results.length} rounds came to as much.`,
);
console.log(
  `By the CPU time of whoever has most to do, where each has a core: ${byProcessor(1)} events/s of one sender, ${byProcessor(2)} of two.`,
);
if (sustained(results) < promised && process.argv.includes('--check')) process.exitCode = 1;
process.exit();
