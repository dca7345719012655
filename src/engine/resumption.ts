import type { TestInfo, TestKey } from '../protocol/tests.ts';
import type { VerdictKind } from '../protocol/verdict.ts';
import type { PlannedFile } from './plan.ts';

/** What a run had planned and recorded before it was interrupted or stopped. */
export interface Earlier {
  readonly startedAt: number;
  readonly durationMs: number;
  readonly planned: ReadonlyMap<TestKey, { readonly test: TestInfo; readonly project: string }>;
  readonly verdicts: ReadonlyMap<TestKey, VerdictKind>;
  readonly leaked: ReadonlySet<TestKey>;
  readonly retried: ReadonlySet<TestKey>;
}

/** A test that was cancelled or not begun says nothing of itself, so it is run like one that never had its turn. */
export function stands(verdict: VerdictKind): boolean {
  return verdict !== 'cancelled' && verdict !== 'not-run';
}

export function isDone({ verdicts }: Pick<Earlier, 'verdicts'>, key: TestKey): boolean {
  const verdict = verdicts.get(key);
  return verdict !== undefined && stands(verdict);
}

/** Of the files of a selection, what is left: files that were never planned whole, of the others the tests without a verdict. */
export function whatIsLeft(files: readonly PlannedFile[], earlier: Earlier): PlannedFile[] {
  const planned = Map.groupBy(earlier.planned.values(), ({ project, test }) => `${project}\0${test.file}`);
  return files.flatMap(file => {
    const tests = planned.get(`${file.project.id}\0${file.file}`);
    if (!tests) return [file];
    const open = tests.filter(({ test }) => !isDone(earlier, test.key));
    // The stand-in of a file without a verdict: its tests were never known.
    if (open.some(({ test }) => test.titlePath.length === 0)) return [file];
    const wanted = open.filter(({ test }) => !isFoundBy(test, open)).map(({ test }) => test.key);
    return wanted.length > 0 ? [{ ...file, wanted }] : [];
  });
}

/** A test that another one finds comes with that one. */
function isFoundBy({ dynamic, titlePath }: TestInfo, open: readonly { readonly test: TestInfo }[]): boolean {
  return (
    dynamic === true &&
    open.some(
      ({ test }) =>
        !test.dynamic &&
        test.titlePath.length < titlePath.length &&
        test.titlePath.every((title, depth) => title === titlePath[depth]),
    )
  );
}
