import assert from 'node:assert/strict';
import { FirstOf } from '../../../src/engine/first-of.ts';
import { moreErrors, mostErrors, UnitTests } from '../../../src/engine/unit-tests.ts';
import { project as id, testInfo } from '../store/past.ts';

const folder = { name: 'w', path: '/w' };
const project = { id, framework: 'mocha', folder, label: 'mocha', root: '/w' } as never;

describe('what a process says for ever', () => {
  it('is kept as far as it is told, and counted from there on', () => {
    const words = new FirstOf<string>(3);
    const told = () => words.told((more, last) => `${more} more like ${last}`);
    assert.deepEqual([words.any, told()], [false, []]);
    for (const word of ['a', 'b', 'c']) words.add(word);
    assert.deepEqual([words.any, told()], [true, ['a', 'b', 'c']]);
    for (const word of ['d', 'e']) words.add(word);
    assert.deepEqual(told(), ['a', 'b', 'c', '2 more like c']);
  });

  it('of the errors of a test is no secret in its evidence', () => {
    const info = testInfo(1);
    const ref = { path: info.titlePath, ordinal: info.ordinal };
    const tests = new UnitTests(project, [info], () => false);
    for (let number = 0; number < mostErrors + 7; number++) {
      tests.charge({ t: 'error', phase: 'hook', failure: { text: `error ${number}` }, ...ref });
      tests.noteUnhandled({ t: 'unhandled', failure: { text: `rejection ${number}` }, ...ref });
      tests.known({ path: ['nobody'], ordinal: number });
    }
    const [{ errors }] = tests.all as [(typeof tests.all)[0]];
    const told = errors.told(moreErrors);
    assert.equal(told.length, mostErrors + 1);
    assert.deepEqual(told.at(-1), {
      phase: 'hook',
      failure: { text: '7 more such errors were told, which are not kept.' },
    });
    assert.equal(tests.surprises.at(-1), '7 more such events');
    assert.equal(tests.charged, true);
  });
});
