import { killNow } from '../../src/cages/owner.ts';
import { linuxProcesses } from '../../src/cages/processes.ts';

const programsOf = (warden: number, sweeps: boolean) =>
  linuxProcesses()
    .filter(({ parent, command }) => parent === warden && /\/keeper |\/node-keeper\.cjs /.test(command))
    .filter(({ command }) => command.includes(' --sweep ') === sweeps)
    .map(({ pid }) => pid);

/** Those of the tests that a warden runs now. */
export function keepersOf(warden: number): number[] {
  return programsOf(warden, false);
}

/** Who ends what a warden and its keepers leave when all of them are killed. */
export function sweepersOf(warden: number): number[] {
  return programsOf(warden, true);
}

/**
 * SIGKILL for a warden, all of its keepers and some others, none of whom can notice the death of another; returns how many
 * keepers there were.
 */
export function killTogether(warden: number, others: readonly number[] = []): number {
  process.kill(warden, 'SIGSTOP');
  const keepers = keepersOf(warden);
  // A stopped keeper hears no socket end.
  for (const pid of [...keepers, ...others]) process.kill(pid, 'SIGSTOP');
  for (const pid of [...keepers, ...others]) killNow(pid);
  killNow(warden);
  return keepers.length;
}
