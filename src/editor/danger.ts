import { formatBytes } from '../config/quantities.ts';
import type { Assurance, CageDescription } from '../protocol/limits.ts';
import { plural } from '../reports/excerpt.ts';

/** What deserves a colour in the status bar, the worst first. A failed test does not: the machine is in no danger from it. */
export type Danger =
  | { readonly kind: 'survivors'; readonly processes: number }
  | { readonly kind: 'memory'; readonly memoryBytes: number; readonly budgetBytes: number }
  | { readonly kind: 'downgraded'; readonly from: string; readonly to: string };

export interface Circumstances {
  /** Processes that could not be killed. */
  readonly survivors: number;
  /** Of all cages together, while a run goes on. */
  readonly memoryBytes: number | null;
  /** What they may have together; null: it is not known. */
  readonly budgetBytes: number | null;
  readonly downgrade: { readonly from: string; readonly to: string } | null;
}

/** Of the budget: what is left then is about to be gone. */
const nearlyAll = 0.95;

export function dangerOf({ survivors, memoryBytes, budgetBytes, downgrade }: Circumstances): Danger | null {
  if (survivors > 0) return { kind: 'survivors', processes: survivors };
  if (memoryBytes !== null && budgetBytes !== null && memoryBytes >= budgetBytes * nearlyAll)
    return { kind: 'memory', memoryBytes, budgetBytes };
  return downgrade && { kind: 'downgraded', ...downgrade };
}

/** In a sentence; nothing in it comes from the workspace. */
export function dangerText(danger: Danger): string {
  switch (danger.kind) {
    case 'survivors':
      return `${plural(danger.processes, 'process', 'processes')} could not be killed`;
    case 'memory':
      return `tests use ${formatBytes(danger.memoryBytes)} of the ${formatBytes(danger.budgetBytes)} that all of them may have together`;
    case 'downgraded':
      return `cages are weaker than before: "${danger.to}" instead of "${danger.from}"; the doctor says why`;
  }
}

/** What a window remembers of the cages that the machine had. */
export interface CageMemory {
  readonly label: string;
  readonly level: Assurance['level'];
}

const levels: readonly Assurance['level'][] = ['unavailable', 'watched', 'enforced'];

export function remembered({ label, properties }: CageDescription): CageMemory {
  return { label, level: properties.memory.level };
}

/** Another mechanism that holds memory as well as before is no downgrade. */
export function downgradeOf(
  before: CageMemory | undefined,
  now: CageMemory,
): { readonly from: string; readonly to: string } | null {
  if (!before || levels.indexOf(now.level) >= levels.indexOf(before.level)) return null;
  return { from: before.label, to: now.label };
}
