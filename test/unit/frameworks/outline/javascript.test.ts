import assert from 'node:assert/strict';
import { outlineJavaScript } from '../../../../src/frameworks/outline/javascript.ts';
import {
  jestWords,
  mochaWords,
  nodeTestWords,
  playwrightWords,
  type Vocabulary,
  vitestWords,
} from '../../../../src/frameworks/outline/vocabulary.ts';
import { projectOf } from '../mocha/bed.ts';

/** `a › b` for each test, with `#1` behind the second of a name. */
function outline(text: string, vocabulary: Vocabulary = mochaWords, file = '/project/a.test.js'): string[] {
  return outlineJavaScript(projectOf('/project'), file, text, vocabulary).map(
    ({ titlePath, ordinal }) => titlePath.join(' › ') + (ordinal ? `#${ordinal}` : ''),
  );
}

describe('the outline of a JavaScript file', () => {
  it('has suites and tests, whatever they are called and marked', () => {
    const text = `
      describe('a', () => { context("b", function () { it(\`c\`, done => {}); specify('d'); }); it('own', async () => {}); });
      suite('tdd', () => test('e', () => {}));
      describe.only('f', () => { it.only('g'); it.skip('h'); xit('i'); });
      xdescribe('j', () => { it('k'); });
      (cond ? it : it.skip)('l', () => {});
      describe('m', function () { this.timeout(1); it('n', () => {}).timeout(5); }).timeout(9);
      (function () { it('o'); })();
      if (process.env.CI) { it('p'); } else it('q');
      export default describe('r', { concurrency: true }, () => { it('s', { timeout: 3 }, () => {}); });`;
    assert.deepEqual(
      outline(text),
      [
        ...['l', 'o', 'p', 'q', 'a › own', 'a › b › c', 'a › b › d', 'tdd › e', 'f › g', 'f › h', 'f › i', 'j › k'],
        ...['m › n', 'r › s'],
      ],
      'mocha runs the tests of a suite before the suites in it',
    );
  });

  it('leaves out what only running the code would tell', () => {
    const text = `
      for (const x of [1, 2]) it('in a loop', () => {});
      [1].forEach(x => it('in a callback', () => {}));
      function shared() { it('in a function', () => {}); }
      class Case { run() { it('in a method', () => {}); } }
      it(\`with \${an} expression\`, () => {});
      it(title, () => {});
      describe(\`\${a}\`, () => it('in an unknown suite'));
      it.each([1, 2])('a table %i', () => {});
      it.each\`a\${1}\`('a table $a', () => {});
      describe.each([1])('suites %i', () => it('in a table'));
      it('seen', () => { it('not one of mocha: inside another'); });`;
    assert.deepEqual(outline(text, jestWords), ['seen']);
  });

  it('reads titles as JavaScript does', () => {
    const text = String.raw`
      it('it\'s \u00fc \x41 \u{1F600}\n' + "tail", () => {});
      it('line \
continued');
      it('\ud800 lone \0');`;
    assert.deepEqual(outline(text), ["it's ü A 😀\ntail", 'line continued', '\ud800 lone \0']);
    assert.deepEqual(outline('it("' + 'x'.repeat(1_000_000) + '", () => {});')[0]?.length, 1_000_000);
  });

  it('counts tests of the same title path', () => {
    const text = `it('x'); it('x'); describe('s', () => it('x')); describe('s', () => it('x')); it('x');`;
    assert.deepEqual(outline(text), ['x', 'x#1', 'x#2', 's › x', 's › x#1']);
  });

  it('says where each word stands that defines a test, as V8 does', () => {
    const text = "describe('a', () => {\r\n  it('b');\r\n  it.only('c');\r\n});\n";
    const places = outlineJavaScript(projectOf('/p'), '/p/a.js', text, mochaWords);
    assert.deepEqual(
      places.map(({ line, column }) => [line, column]),
      [
        [2, 3],
        [3, 6],
      ],
    );
  });

  it('takes TypeScript and JSX', () => {
    const text = `
      import type { A } from './a';
      interface B<T> { readonly x: T }
      enum C { One = 1 }
      describe('types', () => {
        it('has generics', async (): Promise<void> => { const a = <T,>(x: T): T => x; f<string>(y as unknown as B<number>)!; });
        it.each<[number, string]>([[1, 'a']])('table', (n: number) => {});
      });`;
    assert.deepEqual(outline(text, jestWords, '/p/a.test.ts'), ['types › has generics']);
    const jsx = `it('draws', () => { render(<App title="it('no')">it('no') {x && <b/>}</App>); }); it('more');`;
    assert.deepEqual(outline(jsx, jestWords, '/p/a.test.tsx'), ['draws', 'more']);
    assert.deepEqual(outline(jsx, jestWords, '/p/a.test.js'), ['draws', 'more']);
  });

  it('is not led astray by comments, strings and regular expressions', () => {
    const text = `// it('no')\n/* it('no') */ const a = "it('no')", b = \`it('no')\`, c = /it('no')/; it('yes');`;
    assert.deepEqual(outline(text), ['yes']);
  });

  it('takes names only from where they come', () => {
    const names = (head: string) =>
      outline(`${head}\ntest('t'); q('q'); nt.describe('d', () => nt.it('i'));`, nodeTestWords);
    assert.deepEqual(names(''), []);
    assert.deepEqual(names("import { test as q, it } from 'node:test';"), ['q']);
    assert.deepEqual(names("import * as nt from 'node:test';"), ['d › i']);
    assert.deepEqual(names("import nt from 'node:test';"), ['d › i']);
    assert.deepEqual(names("const { test, it: q } = require('node:test');"), ['t', 'q']);
    assert.deepEqual(names("const nt = require('node:test'), test = nt.test;"), ['t', 'd › i']);
    assert.deepEqual(names("const test = require('node:test').test; const q = cond ? test : test.skip;"), ['t', 'q']);
    assert.deepEqual(names("import { test } from 'tape';"), []);
    assert.deepEqual(outline("import { it as spec } from 'vitest'; spec('a'); it('b');", vitestWords), ['a', 'b']);
    assert.deepEqual(outline("function it(title) {} it('my own');"), []);
  });

  it('knows sub-tests of node:test for what they are: found only by running', () => {
    const text = `import { test } from 'node:test'; test('a', async t => { await t.test('b', () => {}); await test('c'); });`;
    assert.deepEqual(outline(text, nodeTestWords), ['a']);
  });

  it('knows the ways of Playwright', () => {
    const text = `
      import { test as base, expect } from '@playwright/test';
      const admin = base.extend<{ page: Page }>({ page: async ({}, use) => {} });
      test.describe('a', () => {
        test.describe.configure({ mode: 'serial' });
        test.use({ locale: 'de' });
        test.beforeEach(async ({ page }) => {});
        test.skip(({ browserName }) => browserName === 'webkit', 'a reason');
        test('b', { tag: '@slow' }, async ({ page }) => { test.slow(); await test.step('no', () => {}); });
        test.fixme('c', async () => {});
        test.describe.parallel.only('d', () => admin('e', async () => {}));
        test.describe(() => { test.fail('f', async () => {}); });
      });`;
    assert.deepEqual(outline(text, playwrightWords, '/p/a.spec.ts'), ['a › b', 'a › c', 'a › d › e', 'a › f']);
  });

  describe('of a text that is being typed', () => {
    const before = "describe('a', () => {\n  it('one', () => {\n    check();\n  });\n";
    const after = "  it('two', () => {});\n});\n\ndescribe('b', () => {\n  it('three', () => {});\n});\n";
    const all = ['a › one', 'a › two', 'b › three'];

    for (const [what, typed] of Object.entries({
      nothing: '',
      'a word': '  it',
      'an open call': "  it('",
      'a title without its end': "  it('new",
      'a title': "  it('new'",
      'an open body': "  it('new', () => {\n",
      'an open argument': "  it('new', () => { expect(a.\n",
      'an open object': '  const x = {\n',
    })) {
      it(`keeps the others beside ${what}`, () => {
        const others = outline(before + typed + '\n' + after).filter(name => !name.includes('new'));
        assert.deepEqual(others, all);
      });
    }

    it('never fails, wherever the text breaks off', () => {
      const text = `import { it } from 'x';\n${before}${after}it.each\`a\${1}\`('t', <T,>(x: T) => {});\nconst r = /[(/]/g;`;
      for (let length = 0; length <= text.length; length += 3) {
        outline(text.slice(0, length), mochaWords, length % 2 === 0 ? '/p/a.tsx' : '/p/a.js');
      }
      outline('['.repeat(5_000));
      outline(`it('x' ${'+ "y"'.repeat(20_000)})`);
      outline("describe('a', () => {".repeat(300));
      outline('\u0000\ud800`${`${`');
    });
  });
});
