import { killNow } from '../../src/cages/owner.ts';
import { linuxProcesses } from '../../src/cages/processes.ts';

/** Those of the tests that a warden runs now. */
export function keepersOf(warden: number): number[] {
  return linuxProcesses()
    .filter(({ parent, command }) => parent === warden && /\/keeper /.test(command))
    .map(({ pid }) => pid);
}

/** SIGKILL for a warden and all of its keepers, none of whom can notice the death of another; returns how many keepers there were. */
export function killTogether(warden: number): number {
  process.kill(warden, 'SIGSTOP');
  const keepers = keepersOf(warden);
  // A stopped keeper hears no socket end.
  for (const pid of keepers) process.kill(pid, 'SIGSTOP');
  for (const pid of keepers) killNow(pid);
  killNow(warden);
  return keepers.length;
}
