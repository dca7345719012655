import type { SeenProcess } from '../protocol/limits.ts';
import { oneLine } from '../reports/excerpt.ts';
import type { PanelProcess } from './messages.ts';

/** Each process under the one that started it; those whose parent was not seen stand at the top. The host makes it. */
export function processTree(seen: readonly SeenProcess[], left: ReadonlySet<number>): PanelProcess[] {
  const byParent = new Map<number | null, SeenProcess[]>();
  const placed = new Set<number>();
  // A number may have been used twice, and a journal may say anything: nothing is to stand under itself.
  for (const each of seen) {
    if (placed.has(each.pid)) continue;
    const parent = placed.has(each.parent) ? each.parent : null;
    placed.add(each.pid);
    byParent.set(parent, [...(byParent.get(parent) ?? []), each]);
  }
  const under = (parent: number | null): PanelProcess[] =>
    (byParent.get(parent) ?? []).map(({ pid, name }) => ({
      pid,
      name: oneLine(name, 80) || 'unnamed',
      left: left.has(pid),
      children: under(pid),
    }));
  return under(null);
}
