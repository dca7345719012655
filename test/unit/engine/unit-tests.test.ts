import assert from 'node:assert/strict';
import { UnitTests } from '../../../src/engine/unit-tests.ts';
import type { Project } from '../../../src/protocol/tests.ts';

const project: Project = {
  id: 'script',
  framework: 'script',
  folder: { name: 'w', path: '/w' },
  root: '/w',
  label: 'script',
  files: [],
  watch: [],
};

describe('the tests of one cage', () => {
  const make = () =>
    new UnitTests(project, [{ framework: 'script', file: '/w/a', titlePath: ['a'], ordinal: 0, key: 'a' }], () => true);
  const found = (name: string) => ({ t: 'found', path: [name], ordinal: 0 }) as const;

  it('take in what is found while they run, once, and count what is too much', () => {
    const tests = make();
    for (let index = 0; index < 100_007; index++) tests.announce(found(`test ${index}`));
    tests.announce(found('test 0'));
    tests.announce(found('a'));
    assert.deepEqual(tests.surprises, [
      '7 more tests were found than the 100000 that are taken in while one file runs',
    ]);
    assert.equal(tests.known({ path: ['test 99999'], ordinal: 0 })?.test.titlePath[0], 'test 99999');
    assert.equal(tests.known({ path: ['test 100000'], ordinal: 0 }), null);
  });

  it('have nothing to say of what is in order', () => {
    const tests = make();
    tests.announce(found('sub'));
    assert.deepEqual(tests.surprises, []);
  });
});
