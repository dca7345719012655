import type { TestInfo, TestKey } from '../protocol/tests.ts';

/** What is known of the saved file: by its framework itself, or, where nobody has asked that yet, by the runs of some of its tests. */
export interface KnownTests {
  readonly tests: readonly TestInfo[];
  readonly complete: boolean;
}

/**
 * The tests of a file while somebody types. `before` is what its saved text says, `now` what the text in the editor says. Reading finds less
 * than running does, so that it decides only on what it has seen come or go: the rest stays, at the lines where it must be by now.
 */
export function drafted(known: KnownTests, before: readonly TestInfo[], now: readonly TestInfo[]): TestInfo[] {
  const knownKeys = keysOf(known.tests);
  const beforeKeys = keysOf(before);
  const places = new Map(now.map(test => [test.key, test]));
  const gone = new Set(before.filter(({ key }) => !places.has(key)).map(({ titlePath }) => JSON.stringify(titlePath)));
  const isGone = ({ key, titlePath }: TestInfo) =>
    !places.has(key) && titlePath.some((_, depth) => gone.has(JSON.stringify(titlePath.slice(0, depth + 1))));
  // What the framework does not have although the saved text says it, it has in another form: a test with parameters, say.
  const isOtherwise = ({ key }: TestInfo) => known.complete && beforeKeys.has(key) && !knownKeys.has(key);

  const unread = new Map<TestKey | null, TestInfo[]>();
  let above: TestKey | null = null;
  for (const test of known.tests) {
    if (places.has(test.key)) above = test.key;
    else if (!isGone(test)) unread.set(above, [...(unread.get(above) ?? []), moved(test, before, places)]);
  }
  const originals = new Map(known.tests.map(test => [test.key, test]));
  return [
    ...(unread.get(null) ?? []),
    ...now
      .filter(test => !isOtherwise(test))
      .flatMap(test => [{ ...originals.get(test.key), ...test }, ...(unread.get(test.key) ?? [])]),
  ];
}

/** By as many lines as the last test above it that can be read. */
function moved(test: TestInfo, before: readonly TestInfo[], now: ReadonlyMap<TestKey, TestInfo>): TestInfo {
  const { line } = test;
  if (line === undefined) return test;
  let anchor: TestInfo | undefined;
  for (const each of before) {
    if (each.line === undefined || each.line > line || !now.has(each.key)) continue;
    if (!anchor || each.line >= anchor.line!) anchor = each;
  }
  const to = anchor && now.get(anchor.key)!.line;
  return to === undefined ? test : { ...test, line: line + to - anchor!.line! };
}

function keysOf(tests: readonly TestInfo[]): Set<TestKey> {
  return new Set(tests.map(({ key }) => key));
}
