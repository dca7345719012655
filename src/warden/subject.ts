import type { Unit } from '../engine/unit.ts';
import type { CageSubject } from '../protocol/messages.ts';

/** A discovery or a listing. */
export const ofNoRun: CageSubject = { label: 'looking for tests', run: null, test: null };

export function subjectOf(unit: Unit, run: string): CageSubject {
  return { label: labelOf(unit), run, test: unit.tests.length === 1 ? unit.tests[0]!.key : null };
}

function labelOf({ tests }: Unit): string {
  const first = tests[0]!;
  return tests.length === 1 ? first.titlePath.join(' › ').slice(0, 200) : `${first.file} (${tests.length} tests)`;
}
