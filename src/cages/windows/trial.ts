import type { LeaderEnd, Mechanism } from '../cage.ts';
import type { Launch } from '../launch.ts';
import { confine, type Confined, proofLimits } from '../proof.ts';

const MiB = 1024 ** 2;

/** What a job object has shown that it can do here. */
export interface Findings {
  readonly memory: boolean;
  readonly processes: boolean;
  readonly peak: boolean;
  readonly cpu: boolean;
}

const limits = { ...proofLimits, memoryBytes: 128 * MiB, processes: 1, timeoutMs: 15_000 };

/** What the greedy program says by its exit code, added up; a runtime that dies ends with no code below 16 of its own. */
const said = { processRefused: 1, memoryRefused: 2, hadItAll: 4, toTheEnd: 8 } as const;

const greedy = `
let code = ${said.toTheEnd};
const { error, status } = require('node:child_process').spawnSync(process.execPath, ['-e', '0']);
if (error || status !== 0) code |= ${said.processRefused};
const held = [];
try {
  while (held.length < 64) held.push(Buffer.alloc(4 << 20, 1));
  code |= ${said.hadItAll};
} catch {
  code |= ${said.memoryRefused};
}
process.exit(code);
`;

const leaving = `
require('node:child_process')
  .spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { detached: true, stdio: 'ignore' })
  .once('spawn', () => process.exit(0));
`;

/** Throws where a job does not hold what is started in it: without that it is no cage at all. */
export async function tryJobs(mechanism: Mechanism): Promise<Findings> {
  const left = await confine(mechanism, node(leaving), { ...limits, memoryBytes: null, processes: null });
  if (left.end.kind === 'not-started') throw new Error(left.end.because);
  if (left.leftovers.length === 0 || left.survivors.length > 0) {
    throw new Error('a process that was started apart from its parent was not found and ended');
  }
  return findingsOf(await confine(mechanism, node(greedy), limits));
}

export function findingsOf({ end, counters }: Pick<Confined, 'end' | 'counters'>): Findings {
  const { peakMemoryBytes, cpuMs, refusedMemory, refusedProcesses } = counters;
  const words = wordsOf(end);
  // A runtime may die of the first refusal, before it can tell of it: then the kernel's note of it counts.
  const refused = heard(words, said.memoryRefused) || (refusedMemory ?? 0) > 0;
  return {
    memory: refused && !heard(words, said.hadItAll) && (peakMemoryBytes ?? 0) <= limits.memoryBytes,
    // A program that cannot be started for any other reason proves nothing.
    processes: heard(words, said.processRefused) && (refusedProcesses ?? 0) > 0,
    peak: (peakMemoryBytes ?? 0) > 0,
    cpu: (cpuMs ?? 0) > 0,
  };
}

function wordsOf(end: LeaderEnd): number {
  const code = end.kind === 'ended' ? (end.code ?? 0) : 0;
  return code >= said.toTheEnd && code < 2 * said.toTheEnd ? code : 0;
}

function heard(words: number, word: number): boolean {
  return (words & word) !== 0;
}

function node(script: string): Launch {
  const env: Record<string, string> = process.versions['electron'] === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' };
  return { file: process.execPath, args: ['-e', script], cwd: process.cwd(), env };
}
