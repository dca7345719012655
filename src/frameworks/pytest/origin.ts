import type { TestInfo } from '../../protocol/tests.ts';

/** What pytest has in its environment while a test runs: `tests/test_shop.py::TestCart::test_adds[2] (call)`. */
export function testNamedBy(tests: readonly TestInfo[], current: string | null): TestInfo | null {
  const [, file, name] = /^(.*?\.py)::(.*) \((?:setup|call|teardown)\)$/s.exec(current ?? '') ?? [];
  if (file === undefined) return null;
  const named = tests.filter(test => nodeName(test) === name && `/${test.file}`.endsWith(`/${file}`));
  // Of two with one name nobody knows.
  return named.length === 1 ? named[0]! : null;
}

/** Parameters stand behind the function that they are for. */
function nodeName({ titlePath }: TestInfo): string {
  return titlePath.map((title, index) => (index > 0 && !title.startsWith('[') ? `::${title}` : title)).join('');
}
