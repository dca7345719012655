import type { LeaderEnd } from '../cage.ts';

/** Exit codes by which Windows tells that a program died, and what other systems call such a death. */
const deaths = new Map<number, NodeJS.Signals>([
  [0xc0000005, 'SIGSEGV'], // access violation
  [0xc0000006, 'SIGBUS'], // in-page error
  [0xc000001d, 'SIGILL'], // illegal instruction
  [0xc0000094, 'SIGFPE'], // integer division by zero
  [0xc00000fd, 'SIGSEGV'], // stack overflow
  [0xc0000374, 'SIGABRT'], // heap corruption
  [0xc0000409, 'SIGABRT'], // fail fast: abort(), and a check of the stack that failed
  [0x80000003, 'SIGTRAP'], // breakpoint: how V8 ends on a broken promise of its own
]);

/** Windows has no signals: a program that died of a fault ends with a code that names the fault. */
export function endOf(code: number | null, signal: NodeJS.Signals | null): LeaderEnd {
  const death = code === null ? undefined : deaths.get(code >>> 0);
  return death ? { kind: 'ended', code: null, signal: death } : { kind: 'ended', code, signal };
}
