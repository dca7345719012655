import assert from 'node:assert/strict';
import type { TestEvidence, UnitEvidence } from '../../../src/engine/evidence.ts';
import { judge } from '../../../src/engine/judge.ts';
import { cleanUnit, died, killed, MiB, open, passed, unstarted, wordOf } from './evidence.ts';

// The order of the rules, in one place: each is given the evidence of every later one besides its own, and is to win.

interface Rule {
  readonly says: string;
  readonly test?: Partial<TestEvidence>;
  readonly unit?: Partial<UnitEvidence>;
  readonly verdict: string;
}

const failure = { text: 'what went wrong' };
const heapDeath = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';

const ofTheProcess: readonly Rule[] = [
  { says: 'it could not be started', unit: { spawnError: 'there is no program' }, verdict: 'error/spawn' },
  { says: 'the run was stopped', unit: { stop: { kind: 'cancelled' } }, verdict: 'cancelled' },
  {
    says: 'memory ran out around the cage, by the log of the kernel',
    unit: { exit: killed('SIGKILL'), oomKills: 1, hostKill: { proof: 'log', group: null, words: 'Out of memory' } },
    verdict: 'out-of-memory/host',
  },
  {
    says: 'the kernel killed it at its cap, by its counter',
    unit: { exit: killed('SIGKILL'), oomKills: 1 },
    verdict: 'out-of-memory/kernel',
  },
  {
    says: 'the kernel refused it memory, and it died',
    unit: { exit: killed('SIGABRT'), refusedMemory: 1, stop: null },
    verdict: 'out-of-memory/refused',
  },
  {
    says: 'its runtime gave up for memory',
    unit: { exit: killed('SIGABRT'), outputTail: heapDeath },
    verdict: 'out-of-memory/heap',
  },
  {
    says: 'its memory was seen above the cap',
    unit: { stop: { kind: 'over-memory', bytes: 200 * MiB } },
    verdict: 'out-of-memory/watched',
  },
  { says: 'it printed too much', unit: { stop: { kind: 'flood', limitBytes: MiB } }, verdict: 'limit-reached/output' },
  { says: 'it was out of time', unit: { stop: { kind: 'timeout', limit: 'test', ms: 9 } }, verdict: 'timed-out' },
  {
    says: 'it reached a limit for which the kernel has a signal',
    unit: { exit: killed('SIGXCPU'), limits: { ...cleanUnit.limits, cpuMs: 2000 } },
    verdict: 'limit-reached/cpu',
  },
  { says: 'it crashed', unit: { exit: killed('SIGSEGV') }, verdict: 'crashed' },
  { says: 'somebody else killed it', unit: { exit: killed('SIGKILL') }, verdict: 'killed-outside' },
  { says: 'it left in the middle', unit: { exit: { code: 0, signal: null } }, verdict: 'exited-early' },
];

const ofATestThatNeverBegan: readonly Rule[] = [
  { says: 'something around it failed', unit: { errors: [{ phase: 'load', failure }] }, verdict: 'error/load' },
  {
    says: 'its events were damaged',
    unit: { saidBye: true, protocolProblems: ['event 7 came where event 5 was due'] },
    verdict: 'error/protocol',
  },
  { says: 'the framework did not run it', unit: { saidBye: true }, verdict: 'error/selection' },
  { says: 'the framework said nothing', unit: { saidHello: false }, verdict: 'error/start-up' },
];

const ofAPass: readonly Rule[] = [
  { says: 'a child of it was killed for memory', test: { oomKillsDuring: 1 }, verdict: 'out-of-memory/kernel-child' },
  { says: 'what it had begun failed', test: { errors: [{ phase: 'teardown', failure }] }, verdict: 'error/teardown' },
  { says: 'what no test had begun failed', unit: { errors: [{ phase: 'hook', failure }] }, verdict: 'error/hook' },
  {
    says: 'its process would not end',
    unit: { stop: { kind: 'timeout', limit: 'teardown', ms: 9 } },
    verdict: 'timed-out',
  },
  { says: 'its process died', unit: { exit: killed('SIGSEGV') }, verdict: 'crashed' },
  { says: 'its process ended with another code', unit: { exit: { code: 3, signal: null } }, verdict: 'error/teardown' },
  { says: 'nothing speaks against it', verdict: 'passed' },
];

const ends = {
  failed: 'failed',
  error: 'error/hook',
  'failed-as-expected': 'expected-failure',
  'passed-unexpectedly': 'unexpected-pass',
  skipped: 'skipped',
} as const;

describe('the rules of the judge, in their order', () => {
  for (const [of, rules, test, unit] of [
    ['a test that had not ended', ofTheProcess, open, died({})],
    ['a test that never began', ofATestThatNeverBegan, unstarted, died({ exit: { code: 1, signal: null } })],
    ['a test that passed', ofAPass, passed, cleanUnit],
  ] as const) {
    describe(`of ${of}`, () => {
      for (const [at, rule] of rules.entries()) {
        it(`${at + 1}. ${rule.says}: ${rule.verdict}`, () => {
          for (const later of [{}, ...rules.slice(at + 1)] as readonly Partial<Rule>[]) {
            const { verdict, why } = judge(
              { ...test, ...later.test, ...rule.test },
              { ...unit, ...later.unit, ...rule.unit },
            );
            assert.equal(wordOf(verdict), rule.verdict, `beside "${later.says ?? 'nothing'}": ${why.join(' ')}`);
          }
        });
      }
    });
  }

  describe('of a test of which the framework told another end', () => {
    for (const [state, expected] of Object.entries(ends)) {
      it(`${state}: ${expected}, but for a kill for memory`, () => {
        const end = { state: state as keyof typeof ends, ms: 5, failures: [failure] };
        assert.equal(wordOf(judge({ ...passed, end }, cleanUnit).verdict), expected);
        const kill = judge({ ...passed, end, oomKillsDuring: 1 }, cleanUnit).verdict;
        assert.equal(wordOf(kill), 'out-of-memory/kernel-child');
      });
    }
  });
});
