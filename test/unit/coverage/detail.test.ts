import assert from 'node:assert/strict';
import { transformSync } from 'esbuild';
import { Collection } from '../../../src/coverage/collection.ts';
import type { CoverageDetail } from '../../../src/protocol/coverage.ts';
import { Program } from './program.ts';

describe('what of a program ran', () => {
  let program: Program;
  afterEach(() => program.remove());

  function detailOf(name: string, folder: string): CoverageDetail {
    const collection = Collection.begin(program.path('.kept'), { folders: [program.root], tests: [] });
    collection.take({ folder, at: Date.now(), only: 'k', ran: [{ key: 'k', slice: '-' }] });
    const detail = collection.detail(program.path(name));
    assert.ok(detail, `nothing is known of ${name}`);
    return detail;
  }

  const uncovered = ({ lines }: CoverageDetail) => lines.filter(([, count]) => count === 0).map(([line]) => line);
  const untaken = ({ branches }: CoverageDetail) =>
    branches
      .filter(({ count, body }) => count === 0 && !body)
      .map(({ line, column, endLine }) => [line, column, endLine]);
  const calls = ({ functions }: CoverageDetail) =>
    Object.fromEntries(functions.map(({ name, line, count }) => [`${name}:${line}`, count]));

  const body = [
    'function sign(x) {', // 1
    '  if (x < 0) {',
    '    return -1;',
    '  } else {',
    '    return x ? 1 : 0;',
    '  }',
    '}',
    'function never() {', // 8
    '  return 1;',
    '}',
    'sign(2);', // 11
    'sign(3);',
  ];

  for (const [kind, name] of [
    ['a module', 'a.mjs'],
    ['CommonJS', 'a.cjs'],
  ] as const) {
    it(`is told by lines, branches and functions for ${kind}`, () => {
      program = new Program({ [name]: `${body.join('\n')}\n` });
      const detail = detailOf(name, program.run(name));
      assert.deepEqual(uncovered(detail), [3, 8, 9, 10]);
      assert.deepEqual(untaken(detail), [
        [2, 14, 4],
        [5, 18, 5],
      ]);
      assert.deepEqual(calls(detail), { 'sign:1': 2, 'never:8': 0 });
      assert.equal(detail.lines.find(([line]) => line === 5)?.[1], 2);
    });
  }

  it('is told with the line ends of Windows, a first line for the shell and the mark of an encoding', () => {
    const text = `#!/usr/bin/env node\r\n${body.join('\r\n')}\r\n`;
    program = new Program({ 'a.cjs': text, 'b.cjs': `\uFEFF${body.join('\n')}` });
    program.write('c.mjs', `\uFEFF${body.join('\n')}`);
    const shifted = detailOf('a.cjs', program.run('a.cjs'));
    assert.deepEqual(uncovered(shifted), [4, 9, 10, 11]);
    assert.deepEqual(calls(shifted), { 'sign:2': 2, 'never:9': 0 });
    for (const name of ['b.cjs', 'c.mjs'])
      assert.deepEqual(uncovered(detailOf(name, program.run(name))), [3, 8, 9, 10], name);
  });

  it('is told in the places of TypeScript whose types Node takes off', () => {
    program = new Program({
      'a.mts': [
        'interface Point { readonly x: number }', // 1
        'export function length({ x }: Point): number {',
        '  if (x > 0) return x as number;',
        '  return -x;', // 4
        '}',
        'const unused = (text: string): string => text;', // 6
        'length({ x: 1 });',
      ].join('\n'),
    });
    const args = process.features.typescript ? [] : ['--experimental-strip-types'];
    const detail = detailOf('a.mts', program.run('a.mts', args));
    assert.deepEqual(uncovered(detail), [4]);
    assert.deepEqual(calls(detail), { 'length:2': 1, 'unused:6': 0 });
  });

  it('is told in the places of the original where a tool has made something else of it', () => {
    const original = [
      'enum Colour { Red, Green }', // 1
      '',
      '// Types and comments are no code.',
      'interface Named { readonly name: string }', // 4
      'export function nameOf(colour: Colour): Named {',
      '  if (colour === Colour.Red) {',
      "    return { name: 'red' };", // 7
      '  }',
      "  return { name: 'green' };", // 9
      '}',
      'export const unused = async (): Promise<void> => {', // 11
      "  await import('node:fs');",
      '};',
      'nameOf(Colour.Green);',
    ].join('\n');
    const { code } = transformSync(original, {
      loader: 'ts',
      sourcemap: 'inline',
      sourcefile: 'a.ts',
      target: 'es2016',
      format: 'cjs',
    });
    program = new Program({ 'a.ts': original, 'a.js': code });
    const folder = program.run('a.js');
    const detail = detailOf('a.ts', folder);
    assert.deepEqual(uncovered(detail), [7, 8, 12, 13]);
    assert.deepEqual(
      detail.lines.map(([line]) => line).filter(line => line >= 2 && line <= 4),
      [],
    );
    assert.equal(calls(detail)['nameOf:5'], 1);
    assert.equal(detail.functions.find(({ line }) => line === 11)?.count, 0);
    assert.ok(untaken(detail).some(([line]) => line === 6));
  });

  it('leaves out what comments of Node, c8, v8 or istanbul leave out', () => {
    const withComments = (first: string, start: string, stop: string) =>
      [
        first,
        'function never() { return 1; }',
        start,
        'function neither() {',
        '  return 1;',
        '}',
        stop,
        'function counts() { return 2; }',
      ].join('\n');
    for (const [at, comments] of [
      ['/* node:coverage ignore next */', '/* node:coverage disable */', '/* node:coverage enable */'],
      ['/* c8 ignore next */', '/* c8 ignore start */', '/* c8 ignore stop */'],
      ['/* istanbul ignore next */', '/* v8 ignore start -- why */', '/* v8 ignore stop */'],
    ].entries()) {
      const name = `${at}.mjs`;
      program?.remove();
      program = new Program({ [name]: withComments(comments[0]!, comments[1]!, comments[2]!) });
      const detail = detailOf(name, program.run(name));
      assert.deepEqual(uncovered(detail), [8], name);
      assert.deepEqual(calls(detail), { 'counts:8': 0 }, name);
    }
  });
});
