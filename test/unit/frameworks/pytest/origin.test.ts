import assert from 'node:assert/strict';
import { testNamedBy } from '../../../../src/frameworks/pytest/origin.ts';
import type { TestInfo } from '../../../../src/protocol/tests.ts';

const test = (titlePath: readonly string[], ordinal = 0): TestInfo => ({
  ...{ framework: 'pytest', file: '/work/shop/tests/test_cart.py', titlePath, ordinal },
  key: `${titlePath.join()}#${ordinal}`,
});
const adds = test(['TestCart', 'test_adds', '[2 :: (call)]']);
const tests = [test(['test_adds']), adds, test(['test_twice']), test(['test_twice'], 1)];
const named = (current: string | null) => testNamedBy(tests, current);

describe('the test that PYTEST_CURRENT_TEST names', () => {
  it('is told by its classes, its function and its parameters, in each of its phases', () => {
    for (const phase of ['setup', 'call', 'teardown'])
      assert.equal(named(`tests/test_cart.py::TestCart::test_adds[2 :: (call)] (${phase})`), adds);
    assert.equal(named('test_cart.py::test_adds (call)'), tests[0]);
  });

  it('is nobody where it is in another file, has a namesake, or is not named at all', () => {
    for (const current of [
      'tests/test_basket.py::test_adds (call)',
      'other/test_cart.py::test_adds (call)',
      'est_cart.py::test_adds (call)',
      'tests/test_cart.py::test_twice (call)',
      'tests/test_cart.py::test_adds',
      '',
      null,
    ])
      assert.equal(named(current), null, String(current));
  });
});
