import { ageMs } from '../cages/processes.ts';
import { listeningAt } from '../cages/sockets.ts';
import type { LeftProcess, ProcessInfo } from '../protocol/limits.ts';
import type { Lineage } from './lineage.ts';

const mostExamined = 50;

/** What can be known of processes that outlived their leader: since when, started by whom, and where they listen. */
export function examined(left: readonly ProcessInfo[], lineage: Lineage): readonly LeftProcess[] {
  return left.map((each, index) => {
    if (index >= mostExamined) return each;
    return { ...each, ageMs: ageMs(each), startedBy: lineage.ancestorsOf(each), listensAt: listeningAt(each.pid) };
  });
}
