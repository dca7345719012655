import { limitsOf } from '../../../src/config/resolve.ts';
import { defaults } from '../../../src/config/settings.ts';
import type { TestEvidence, UnitEvidence } from '../../../src/engine/evidence.ts';
import { judge } from '../../../src/engine/judge.ts';
import type { Verdict } from '../../../src/protocol/verdict.ts';

export const MiB = 1024 ** 2;

export const cleanUnit: UnitEvidence = {
  spawnError: null,
  exit: { code: 0, signal: null },
  stop: null,
  oomKills: 0,
  refusedMemory: 0,
  refusedProcesses: 0,
  unenforced: [],
  peakMemoryBytes: 40 * MiB,
  cpuMs: 100,
  maxProcesses: 1,
  wallMs: 200,
  leftovers: [],
  survivors: [],
  leakedPipe: false,
  ignoredSigterm: false,
  outputTail: '',
  protocolProblems: [],
  reporting: 'events',
  shared: false,
  limits: {
    ...limitsOf(defaults),
    memoryBytes: 128 * MiB,
    swapBytes: 0,
    processes: 64,
    timeoutMs: 1000,
    startupMs: 5000,
    teardownMs: 1000,
    graceMs: 500,
    outputBytes: 1024,
  },
  saidHello: true,
  saidBye: true,
  expectedCode: 0,
  charged: false,
  anyUnstarted: false,
  errors: [],
};
export const died = (change: Partial<UnitEvidence>): UnitEvidence => ({ ...cleanUnit, saidBye: false, ...change });
export const killed = (signal: NodeJS.Signals) => ({ code: null, signal });

export const unstarted: TestEvidence = {
  started: false,
  end: null,
  lateEnd: null,
  oomKillsDuring: 0,
  oomKillsAfter: 0,
  errors: [],
  unhandled: [],
  leftOpen: [],
  leaks: [],
  leftovers: [],
  last: false,
};
export const open: TestEvidence = { ...unstarted, started: true };
export const passed: TestEvidence = { ...open, end: { state: 'passed', ms: 5 }, last: true };

/** A verdict in a word, with what tells its kinds apart. */
export function wordOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'out-of-memory':
      return `${verdict.kind}/${verdict.cause}`;
    case 'error':
      return `${verdict.kind}/${verdict.phase}`;
    case 'limit-reached':
      return `${verdict.kind}/${verdict.limit}`;
    default:
      return verdict.kind;
  }
}

export function kindOf(test: TestEvidence, unit: UnitEvidence): string {
  return wordOf(judge(test, unit).verdict);
}
