import type { Unit } from '../engine/unit.ts';
import type { CageSubject } from '../protocol/messages.ts';
import type { TestKey } from '../protocol/tests.ts';

/** A discovery or a listing. */
export const ofNoRun: CageSubject = { label: 'looking for tests', run: null, test: null };

export function subjectOf(unit: Unit, run: string): CageSubject {
  return { label: labelOf(unit), run, test: unit.tests.length === 1 ? unit.tests[0]!.key : null };
}

/** Who waits for a debugger. */
export function waiting(unit: Unit, run: string): { run: string; file: string; label: string; tests: TestKey[] } {
  return { run, file: unit.tests[0]!.file, label: labelOf(unit), tests: unit.tests.map(({ key }) => key) };
}

function labelOf({ tests }: Unit): string {
  const first = tests[0]!;
  return tests.length === 1 ? first.titlePath.join(' › ').slice(0, 200) : `${first.file} (${tests.length} tests)`;
}
