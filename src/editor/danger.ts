import { formatBytes } from '../config/quantities.ts';
import type { Assurance, CageDescription } from '../protocol/limits.ts';
import { t } from './texts.ts';

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
      return danger.processes === 1
        ? t('1 process could not be killed')
        : t('{0} processes could not be killed', danger.processes);
    case 'memory':
      return t(
        'tests use {0} of the {1} that all of them may have together',
        formatBytes(danger.memoryBytes),
        formatBytes(danger.budgetBytes),
      );
    case 'downgraded':
      return t('cages are weaker than before: "{0}" instead of "{1}"; the doctor says why', danger.to, danger.from);
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
