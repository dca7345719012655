import { formatBytes } from '../config/quantities.ts';
import type { TestEvidence, UnitEvidence } from './evidence.ts';
import { type Judgement, judgement, limitReached } from './judgement.ts';
import { memoryDeath } from './memory.ts';
import { hostShortage, memoryFailure, outOfMemory, refusedMemory } from './out-of-memory.ts';
import { reachedBySignal, reachedStack } from './reached.ts';
import { timeoutReason } from './timeout-reason.ts';

export const crashSignals = new Set([
  'SIGSEGV',
  'SIGABRT',
  'SIGBUS',
  'SIGILL',
  'SIGFPE',
  'SIGTRAP',
  'SIGSYS',
  'SIGPIPE',
]);

/** From how the process came to its end, in the order in which one cause hides another. */
export function judgeProcess(test: TestEvidence, unit: UnitEvidence, when: string): Judgement {
  const { stop, exit } = unit;
  if (stop?.kind === 'cancelled') return judgement({ kind: 'cancelled' }, ['The run was stopped.']);
  // In a shared cage, a kill that an earlier test survived is none of this one's.
  const kills = unit.shared ? test.oomKillsDuring + test.oomKillsAfter : (unit.oomKills ?? 0);
  const host = kills > 0 || unit.oomKills === null || stop?.kind === 'shortage' ? hostShortage(unit) : null;
  if (host) return host;
  if (kills > 0) return outOfMemory(unit, exit?.signal === 'SIGKILL' ? 'kernel' : 'kernel-child');
  // Where the kernel refuses memory, a runtime that dies of it says that its heap is full.
  const died = exit?.signal != null && (unit.refusedMemory ?? 0) > 0;
  if (stop === null && (died || refusedMemory(unit, unit.outputTail))) return outOfMemory(unit, 'refused');
  const death = memoryDeath(unit);
  if (death) return memoryFailure(unit, death);
  if (stop?.kind === 'over-memory') return outOfMemory(unit, 'watched');
  if (stop?.kind === 'flood') {
    const why = `It printed more than ${formatBytes(stop.limitBytes)}, so it was killed.`;
    return limitReached({ limit: 'output', allowed: stop.limitBytes, why });
  }
  if (stop?.kind === 'timeout') {
    return judgement(
      { kind: 'timed-out', limit: stop.limit, limitMs: stop.ms },
      [timeoutReason(stop, when)],
      unit.stuck ? [unit.stuck] : [],
    );
  }
  const reached = reachedBySignal(unit) ?? reachedStack(unit);
  if (reached) return limitReached(reached);
  if (exit?.signal) {
    const kind = crashSignals.has(exit.signal) ? 'crashed' : 'killed-outside';
    return judgement({ kind, signal: exit.signal }, [
      kind === 'crashed'
        ? `The process died of ${exit.signal} ${when}.`
        : `The process received ${exit.signal} ${when}; Bulkhead did not send it, and the kernel counted no memory kill.`,
    ]);
  }
  const code = exit?.code ?? -1;
  return judgement({ kind: 'exited-early', code }, [`The process ended with code ${code} ${when}.`]);
}
