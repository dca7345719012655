import assert from 'node:assert/strict';
import { TapTranslator } from '../../../../../src/frameworks/command/tap/translator.ts';
import type { InsideBody } from '../../../../../src/protocol/events.ts';
import { type Project, testKey } from '../../../../../src/protocol/tests.ts';

const folder = { name: 'shop', path: '/shop' };
const project: Project = { id: 'tap', framework: 'tap', folder, root: '/shop', label: 't', files: [], watch: [] };
const identity = { framework: 'tap', file: '/shop/t/a.t', titlePath: ['a.t'], ordinal: 0 };

const document = 'not ok 1 - sum\nok 2 - fine\nnot ok 3 - sum\nnot ok 4\n1..4\n';
const notes = [
  "\n#   Failed test 'sum'\n#   at t/a.t line 3.\n#          got: '4'\n#     expected: '5'\n",
  "\n#   Failed test 'sum'\n#   at t/a.t line 5.\nsome warning\n",
  '\n#   Failed test at t/a.t line 6.\n# Looks like you failed 3 tests of 4.\n',
].join('');

function failures(...pieces: readonly (readonly ['stdout' | 'stderr', string])[]): string[] {
  const events: InsideBody[] = [];
  const translator = new TapTranslator([{ ...identity, key: testKey(project, identity) }], '/shop', event =>
    events.push(event),
  );
  for (const [from, text] of pieces) translator.push(Buffer.from(text), from);
  translator.end({ code: 3, signal: null });
  return events.flatMap(event => {
    const told = event.t === 'end' ? (event.failures ?? []) : event.t === 'error' ? [event.failure] : [];
    if (!('path' in event) || event.path.length < 2) return [];
    const name = `${event.path[1]}#${event.ordinal}`;
    return told.map(({ line, text }) => `${name}: ${line ?? text}`);
  });
}

describe('the notes of Test::More', () => {
  const whole = ['sum#0: 3', 'sum#1: 5', 'test 4#0: 6'];

  it('belong to the tests that they name, whichever pipe is read first', () => {
    assert.deepEqual(failures(['stdout', document], ['stderr', notes]), whole);
    assert.deepEqual(failures(['stderr', notes], ['stdout', document]), whole);
  });

  it('belong to them when they come in pieces', () => {
    for (const size of [1, 7, 50]) {
      const pieces = (text: string) => text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g'))!;
      const mixed: (readonly ['stdout' | 'stderr', string])[] = [];
      const out = pieces(document);
      const err = pieces(notes);
      for (let at = 0; at < Math.max(out.length, err.length); at++) {
        if (out[at] !== undefined) mixed.push(['stdout', out[at]!]);
        if (err[at] !== undefined) mixed.push(['stderr', err[at]!]);
      }
      assert.deepEqual(failures(...mixed).sort(), whole, `in pieces of ${size}`);
    }
  });

  it('are not invented: a failure without any says just that', () => {
    assert.deepEqual(failures(['stdout', 'not ok 1 - alone\n1..1\n'], ['stderr', "#   Failed test 'other'\n"]), [
      'alone#0: not ok: alone',
    ]);
  });
});
