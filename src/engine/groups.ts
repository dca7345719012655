import type { Framework } from '../frameworks/framework.ts';
import type { Isolation } from '../protocol/settings.ts';
import type { TestInfo } from '../protocol/tests.ts';

type Group = readonly TestInfo[];

/** The tests of a file as they share cages. */
export function groupsOf(
  tests: readonly TestInfo[],
  isolation: Isolation,
  { smallestUnit, reporting }: Pick<Framework, 'smallestUnit' | 'reporting'>,
  mayShare = true,
): Group[] {
  const alone = (each: readonly TestInfo[]): Group[] => each.map(test => [test]);
  // One exit code is the verdict of one test.
  if (reporting === 'exit-code' || !mayShare) return alone(tests);
  const sharing = smallestUnit === 'file' && isolation === 'test' ? 'file' : isolation;
  if (sharing === 'test') return alone(tests);
  // A test that another one finds is run through that one, which no selection of several can say exactly.
  const listed = tests.filter(test => !test.dynamic);
  const suiteOf = ({ titlePath }: TestInfo) => (titlePath.length > 1 ? titlePath[0] : undefined);
  const bySuite = sharing === 'suite' && smallestUnit !== 'file';
  const together = bySuite ? [...Map.groupBy(listed, suiteOf).values()] : listed.length > 0 ? [listed] : [];
  return [...together, ...alone(tests.filter(test => test.dynamic))];
}
