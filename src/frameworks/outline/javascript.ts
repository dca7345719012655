import { extname } from 'node:path';
import { type Project, type TestInfo, testKey } from '../../protocol/tests.ts';
import { type Dialect, type ReadTest, readTests } from './reading.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A text of this size is generated, and the window must not wait for it at each stroke. */
const longestText = 4 * 1024 ** 2;

const dialects: Readonly<Record<string, Dialect>> = {
  ...{ '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx', '.jsx': 'jsx' },
};

/** The tests that the text of a JavaScript or TypeScript file defines by titles that can be read, as the framework counts them. */
export function outlineJavaScript(project: Project, file: string, text: string, vocabulary: Vocabulary): TestInfo[] {
  if (text.length > longestText) return [];
  const read = readTests(text, dialects[extname(file)] ?? 'js', vocabulary);
  const places = placesIn(text);
  const ordinals = new Map<string, number>();
  return (vocabulary.testsFirst ? testsFirst(read) : read).map(({ path, offset }) => {
    const name = JSON.stringify(path);
    const ordinal = ordinals.get(name) ?? 0;
    ordinals.set(name, ordinal + 1);
    const identity = { framework: project.framework, file, titlePath: path, ordinal };
    return { ...identity, key: testKey(project, identity), ...places(offset) };
  });
}

/** A suite's own tests before those of the suites in it; suites of one name are taken as one. */
function testsFirst(tests: readonly ReadTest[], depth = 1): ReadTest[] {
  const own = tests.filter(({ path }) => path.length === depth);
  const inside = new Map<string, ReadTest[]>();
  for (const test of tests) {
    if (test.path.length === depth) continue;
    const title = test.path[depth - 1]!;
    const group = inside.get(title);
    if (group) group.push(test);
    else inside.set(title, [test]);
  }
  return [...own, ...[...inside.values()].flatMap(group => testsFirst(group, depth + 1))];
}

function placesIn(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return offset => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}
