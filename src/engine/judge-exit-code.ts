import type { TestEvidence, UnitEvidence } from './evidence.ts';
import { judge } from './judge.ts';
import { because, type Judgement, judgement, limitReached } from './judgement.ts';
import { judgeProcess } from './judge-process.ts';
import { memoryDeath, memoryErrorPrinted } from './memory.ts';
import { memoryFailure, outOfMemory, refusedMemory } from './out-of-memory.ts';
import { reachedBySignal, reachedInWords, reachedStack } from './reached.ts';

/** What a shell makes of a child's death: 128 and the signal's number. */
const shellCrashes = new Map([
  [132, 'SIGILL'],
  [133, 'SIGTRAP'],
  [134, 'SIGABRT'],
  [135, 'SIGBUS'],
  [136, 'SIGFPE'],
  [139, 'SIGSEGV'],
  [159, 'SIGSYS'],
]);

/** The verdict of a process that is the test itself; the framework reads only codes that no stronger rule explains. */
export function judgeExitCode(
  test: TestEvidence,
  unit: UnitEvidence,
  read: (code: number) => { state: 'passed' | 'failed' | 'skipped'; message?: string; reason?: string },
): Judgement {
  const { exit } = unit;
  if (unit.spawnError !== null) return judge(test, unit);
  if (
    unit.stop !== null ||
    (unit.oomKills ?? 0) > 0 ||
    exit?.signal ||
    exit?.code == null ||
    unit.hostKill ||
    memoryDeath(unit)
  ) {
    return judgeProcess(test, unit, 'before the test ended');
  }
  const reached = reachedBySignal(unit) ?? reachedStack(unit);
  if (reached) return limitReached(reached);
  const signal = shellCrashes.get(exit.code);
  if (signal) {
    const why = `It ended with code ${exit.code}, which is how a shell tells that its command died of ${signal}.`;
    return judgement({ kind: 'crashed', signal, reportedBy: 'shell' }, [why]);
  }
  const reading = read(exit.code);
  const why = [`The process ended with code ${exit.code}.`];
  switch (reading.state) {
    case 'passed':
      return judgement({ kind: 'passed' }, why);
    case 'skipped':
      return judgement({ kind: 'skipped', ...because(reading.reason) }, why);
    case 'failed': {
      const messages = [{ text: reading.message ?? `exit code ${exit.code}` }];
      if (refusedMemory(unit, unit.outputTail)) return outOfMemory(unit, 'refused', messages);
      const refusal = memoryErrorPrinted(unit.outputTail);
      if (refusal) return memoryFailure(unit, refusal, messages);
      const inWords = reachedInWords(unit, unit.outputTail);
      return inWords ? limitReached(inWords, messages) : judgement({ kind: 'failed' }, why, messages);
    }
  }
}
