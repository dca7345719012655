import assert from 'node:assert/strict';
import { describeFailure, type FailureStyle, introduced } from '../../../../src/frameworks/inside/failure.ts';

const plain: FailureStyle = { isForeign: () => false, compare: () => null };

function withStack(stack: string): Error {
  return Object.assign(new Error('message'), { stack });
}

describe('the description of a failure', () => {
  it('leaves out names that say nothing more', () => {
    assert.equal(describeFailure(new Error('no luck'), plain).text, 'no luck');
    assert.equal(describeFailure(new assert.AssertionError({ message: 'unequal' }), plain).text, 'unequal');
    assert.equal(describeFailure(new TypeError('no function'), plain).text, 'TypeError: no function');
    assert.equal(describeFailure(new Error(), plain).text, 'Error');
  });

  for (const [what, thrown, text] of [
    ['undefined', undefined, 'thrown: undefined'],
    ['a string', 'words', 'thrown: words'],
    ['an object without a prototype', Object.create(null), 'something that is not an error was thrown'],
    ['a symbol', Symbol('sign'), 'thrown: Symbol(sign)'],
  ] as const) {
    it(`copes with ${what}`, () => assert.equal(describeFailure(thrown, plain).text, text));
  }

  it('copes with an object that throws when it is read', () => {
    const trap = new Proxy(new Error('hidden'), {
      get() {
        throw new Error('a trap');
      },
    });
    assert.equal(describeFailure(trap, plain).text, 'something that is not an error was thrown');
  });

  it('follows causes, once round a circle', () => {
    const inner = new Error('inner');
    const outer = new Error('outer', { cause: inner });
    inner.cause = outer;
    const { stack = '' } = describeFailure(outer, plain);
    assert.equal(stack.match(/Caused by: /g)?.length, 1);
    assert.match(stack, /^Error: outer[^]*Caused by: Error: inner/);
  });

  it('names the first frame in code of the user', () => {
    const stack = [
      'Error: message',
      '    at fs.readFile (node:internal/fs:1:2)',
      '    at assert (/project/node_modules/chai/index.js:3:4)',
      '    at Runner.run (/tool/runner.js:5:6)',
      '    at async Context.<anonymous> (file:///project/a%20(b)/test.mjs?query=1:7:8)',
      '    at /project/other.js:9:10',
    ].join('\n');
    const failure = describeFailure(withStack(stack), { ...plain, isForeign: file => file.startsWith('/tool/') });
    const { file, line, column } = failure;
    assert.deepEqual({ file, line, column }, { file: '/project/a (b)/test.mjs', line: 7, column: 8 });
    assert.doesNotMatch(failure.stack ?? '', /node:internal|runner\.js/);
    assert.match(failure.stack ?? '', /chai/);
  });

  it('finds the place of a syntax error at its head', () => {
    const stack =
      '/project/test.js:12\n  const = 1;\n        ^\n\nSyntaxError: Unexpected token\n    at load (/project/x.js:1:1)';
    const { file, line } = describeFailure(withStack(stack), plain);
    assert.deepEqual({ file, line }, { file: '/project/test.js', line: 12 });
  });

  it('cuts off what is too long, and says how much', () => {
    const { text } = describeFailure(new Error('x'.repeat(70_000)), plain);
    assert.equal(text.length, 65_536 + '\n… (4464 more characters)'.length);
    assert.match(text, /\n… \(4464 more characters\)$/);
    assert.ok(
      introduced('The hook failed', describeFailure(new Error('y'.repeat(65_536)), plain)).text.endsWith('characters)'),
    );
  });

  it('goes without a comparison that throws', () => {
    const compare = () => {
      throw new Error('cannot be shown');
    };
    assert.deepEqual(Object.keys(describeFailure('words', { ...plain, compare })), ['text']);
    assert.equal(describeFailure(new Error('still told'), { ...plain, compare }).expected, undefined);
  });
});
