import assert from 'node:assert/strict';
import { framesOf } from '../../../src/editor/frames.ts';

describe('frames of a stack trace', () => {
  it('reads the forms in which Node writes them', () => {
    const stack = [
      'AssertionError: no',
      '    at Context.<anonymous> (/w/test/a.test.js:4:12)',
      '    at async Promise.all (index 0)',
      '    at file:///w/with%20space/b.mjs:7:3',
      '    at async run (file:///w/c.mjs:1:2)',
      '    at process.processImmediate (node:internal/timers:476:21)',
    ].join('\n');
    assert.deepEqual(framesOf(stack), [
      { label: 'Context.<anonymous>', file: '/w/test/a.test.js', line: 4, column: 12 },
      { label: '', file: '/w/with space/b.mjs', line: 7, column: 3 },
      { label: 'async run', file: '/w/c.mjs', line: 1, column: 2 },
    ]);
  });

  it('reads a traceback of Python', () => {
    const stack = 'Traceback (most recent call last):\n  File "/w/t.py", line 6, in test_addition\n    self.fail()';
    assert.deepEqual(framesOf(stack), [{ label: 'test_addition', file: '/w/t.py', line: 6 }]);
  });

  it('finds nothing in a text that is no stack, and ends with a long one', () => {
    assert.deepEqual(framesOf('expected 1 to equal 2\n+ at home'), []);
    assert.equal(framesOf('    at f (/w/a.js:1:1)\n'.repeat(10_000)).length, 50);
  });

  it('takes no longer for a hostile line than for others', () => {
    const began = performance.now();
    framesOf(`    at ${'('.repeat(50_000)}:1`);
    framesOf(`    at ${' ('.repeat(50_000)}`);
    assert.ok(performance.now() - began < 1000);
  });
});
