import assert from 'node:assert/strict';
import { TestWorkspace } from './workspace.ts';

/** As in a folder that grew over the years. */
const files = {
  'package.json': JSON.stringify({ scripts: { test: 'mocha', unit: 'node --test "unit/*.test.js"' } }),
  'test/of-mocha.test.js': "it('is of mocha', () => {});",
  'unit/of-node.test.js': "require('node:test').test('is of node', () => {});",
  'tests/test_of_pytest.py': 'def test_of_pytest():\n    pass\n',
  'tests/of_bats.bats': '@test "is of bats" { true; }\n',
  't/of-prove.t': '#!/bin/sh\necho 1..1; echo "ok 1 - is of prove"\n',
  'go.mod': 'module example.com/beside\n\ngo 1.19\n',
  'of_go_test.go': 'package beside\n\nimport "testing"\n\nfunc TestOfGo(t *testing.T) {}\n',
  'checks/of-command.sh': 'exit 0\n',
  'bulkhead.config.json': JSON.stringify({
    frameworks: { command: [{ name: 'checks', files: 'checks/*.sh', command: ['sh', '${file}'] }] },
  }),
};

describe('several frameworks in one folder', function () {
  this.timeout(240_000);
  let workspace: TestWorkspace;
  before(() => {
    workspace = new TestWorkspace(files);
    workspace.linkFrameworks();
  });
  after(() => workspace.remove());

  for (const isolation of ['test', 'file'] as const) {
    it(`each run their own tests, and no other's, with a cage for each ${isolation}`, async () => {
      const { records, notices } = await workspace.run({ isolation });
      const problems = notices.flatMap(each => (each.notice === 'problem' ? [each.problem.message] : []));
      const ours = records.map(({ test, verdict }) => `${test.framework}: ${test.titlePath.at(-1)}: ${verdict.kind}`);
      assert.deepEqual(
        ours.sort(),
        [
          'bats: is of bats: passed',
          'command: of-command.sh: passed',
          'go: TestOfGo: passed',
          'mocha: is of mocha: passed',
          'node-test: is of node: passed',
          'pytest: test_of_pytest: passed',
          // A file in TAP is a test itself.
          'tap: is of prove: passed',
          'tap: of-prove.t: passed',
        ],
        problems.join('\n'),
      );
    });
  }
});
