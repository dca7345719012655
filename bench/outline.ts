/**
 * What it costs to read tests from a text: every test file of this repository, as it is and broken off in its middle, against
 * TypeScript's own parser, which only parses. `node bench/outline.ts [rounds]`; the numbers are medians of the rounds.
 */
import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { readTests } from '../src/frameworks/outline/reading.ts';
import { jestWords } from '../src/frameworks/outline/vocabulary.ts';

const rounds = Number(process.argv[2] ?? 15);
const texts = globSync('test/**/*.test.ts', { exclude: ['**/node_modules'] }).map(file => readFileSync(file, 'utf8'));
const size = texts.reduce((sum, text) => sum + text.length, 0);

const ways = {
  outline: (text: string) => void readTests(text, 'ts', jestWords),
  'outline, broken off': (text: string) => void readTests(text.slice(0, text.length / 2), 'ts', jestWords),
  'TypeScript, parse only': (text: string) => void ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest),
};

const taken = new Map<string, number[]>(Object.keys(ways).map(name => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, read] of Object.entries(ways)) {
    const began = performance.now();
    for (const text of texts) read(text);
    taken.get(name)!.push((performance.now() - began) / texts.length);
  }
}

console.log(`${texts.length} files of ${(size / texts.length / 1024).toFixed(1)} KiB on average, ${rounds} rounds`);
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const reference = median(taken.get('TypeScript, parse only')!);
for (const [name, values] of taken) {
  const ms = median(values);
  console.log(`${name.padEnd(24)} ${ms.toFixed(2)} ms a file, ${(ms / reference).toFixed(2)} × TypeScript`);
}
