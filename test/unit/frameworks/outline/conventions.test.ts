import assert from 'node:assert/strict';
import { conventionsOf } from '../../../../src/frameworks/outline/conventions.ts';
import type { Project } from '../../../../src/protocol/tests.ts';

describe('tests by convention alone', () => {
  it('are those of the framework that a configuration or the manifest names, and of none that only its text looks like', () => {
    const named = (manifest: string | null, ...names: string[]) => conventionsOf(names, manifest)[0]!.framework;
    assert.equal(named('{"devDependencies":{"vitest":"^3.0.0","mocha":"*"}}'), 'vitest');
    assert.equal(named('{"dependencies":{"jest":"29"}}'), 'jest');
    assert.equal(named('{"devDependencies":{"mocha":"*"}}'), 'mocha');
    assert.equal(named('{"scripts":{"test":"vitest"}}'), 'node-test');
    assert.equal(named(null, 'src', '.mocharc.js'), 'mocha');
    assert.equal(named('{"devDependencies":{"mocha":"*"}}', 'vitest.config.ts'), 'vitest');
    for (const nothing of [null, '', '{"devDependencies":', 'null', '{"dependencies":7}'])
      assert.equal(named(nothing), 'node-test');
  });

  it('are read from the text of each language', () => {
    const texts: Record<string, string> = {
      mocha: "describe('cart', () => { it('adds', () => {}); });",
      pytest: 'class TestCart:\n    def test_adds(self):\n        pass\n',
      go: 'package cart\n\nfunc TestAdds(t *testing.T) {}\n',
      tap: '',
      bats: '@test "adds" {\n  true\n}\n@test "adds" {\n  false\n}\n',
    };
    const found = conventionsOf([], '{"devDependencies":{"mocha":"*"}}').map(convention => {
      const { framework } = convention;
      const folder = { name: 'shop', path: '/shop' };
      const project: Project = {
        id: framework,
        framework,
        folder,
        root: '/shop',
        label: framework,
        files: [],
        watch: [],
      };
      const tests = convention.outline(project, '/shop/cart', texts[framework]!);
      assert.equal(new Set(tests.map(({ key }) => key)).size, tests.length, 'each has a key of its own');
      return tests.map(({ titlePath, line }) => `${framework} ${titlePath.join(' › ')}:${line}`);
    });
    assert.deepEqual(found.flat(), [
      'mocha cart › adds:1',
      'pytest TestCart › test_adds:2',
      'go TestAdds:3',
      'bats adds:1',
      'bats adds:4',
      'tap cart:undefined',
    ]);
  });
});
