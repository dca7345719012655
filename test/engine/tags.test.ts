import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { linkPlaywright } from '../unit/frameworks/playwright/versions.ts';
import { installedLine } from '../unit/frameworks/pytest/versions.ts';
import { linkVitest } from '../unit/frameworks/vitest/versions.ts';
import { TestWorkspace } from './workspace.ts';

const python = await installedLine();
const listfile = `cmake_minimum_required(VERSION 3.14)
project(tags NONE)
enable_testing()
add_test(NAME marked COMMAND true)
set_tests_properties(marked PROPERTIES LABELS "slow;db")
add_test(NAME plain COMMAND true)
`;

describe('tags that a framework has for its tests', function () {
  this.timeout(240_000);
  let workspace: TestWorkspace;
  before(async () => {
    workspace = new TestWorkspace({
      'bulkhead.config.json': JSON.stringify({
        frameworks: { pytest: 'python' in python ? { python: python.python } : false },
        overrides: [{ tests: '@slow', timeout: '77s' }],
      }),
      'pytest/pytest.ini': '[pytest]\nmarkers =\n    slow\n    db\n',
      'pytest/test_a.py':
        'import pytest\n\n@pytest.mark.slow\nclass TestA:\n    @pytest.mark.db\n    @pytest.mark.skipif(False, reason="")\n    def test_marked(self): pass\n\ndef test_plain(): pass\n',
      'playwright/playwright.config.js': 'export default {};\n',
      'playwright/package.json': '{ "type": "module" }',
      'playwright/a.spec.js':
        "import { test } from '@playwright/test';\ntest.describe('a', { tag: '@slow' }, () => { test('marked', { tag: '@db' }, () => {}); });\ntest('plain', () => {});\n",
      'vitest/package.json': '{ "type": "module", "devDependencies": { "vitest": "*" } }',
      'vitest/vitest.config.js': "export default { test: { tags: [{ name: 'slow' }, { name: 'db' }] } };\n",
      'vitest/a.test.js':
        "import { it } from 'vitest';\nit('marked', { tags: ['slow', 'db'] }, () => {});\nit('plain', () => {});\n",
      'ctest/CMakeLists.txt': listfile,
      'a.bats':
        '# bats file_tags=slow\n# bats test_tags=db\n@test "marked" {\n  true\n}\n# bats file_tags=\n@test "plain" {\n  true\n}\n',
    });
    await Promise.all([linkPlaywright(join(workspace.root, 'playwright')), linkVitest(join(workspace.root, 'vitest'))]);
    execFileSync('cmake', ['-S', 'ctest', '-B', 'ctest/build'], { cwd: workspace.root, stdio: 'ignore' });
  });
  after(() => workspace.remove());

  it('are listed with them, and named by the settings as words of titles are', async () => {
    const client = await workspace.warden();
    const tags: Record<string, unknown> = {};
    for (const { id, framework, files } of await workspace.projects(client)) {
      const [file] = files;
      const { tests } = await client.request('discover', { project: id, file: file! });
      const told = tests.map(test => [test.titlePath.at(-1)!, [...(test.tags ?? [])].sort().join(' ')]);
      tags[`${framework} ${basename(file!)}`] = Object.fromEntries(told);
    }
    const all = { marked: '@db @slow', plain: '' };
    assert.deepEqual(tags, {
      'playwright a.spec.js': all,
      'vitest a.test.js': all,
      'ctest CMakeLists.txt': all,
      'bats a.bats': all,
      ...('python' in python ? { 'pytest test_a.py': { test_marked: '@db @slow', test_plain: '' } } : {}),
    });
    const { records } = await workspace.run();
    for (const { test, limits } of records)
      assert.equal(limits.timeoutMs === 77_000, /marked$/.test(test.titlePath.at(-1)!), test.file);
  });
});
