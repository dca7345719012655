import assert from 'node:assert/strict';
import { batsTests } from '../../../../src/frameworks/bats/outline.ts';

describe('the outline of a bats file', () => {
  it('has both forms of a test, with their lines', () => {
    const text = '@test "a b" {\n}\r\n  @test \'c { d\' { true; }\nf() { # @test\n}\n# @test "no" {\n@test "half\n';
    assert.deepEqual(batsTests(text), [
      { name: 'a b', line: 1, tags: [] },
      { name: 'c { d', line: 3, tags: [] },
      { name: 'f', line: 4, tags: [] },
    ]);
  });

  it('has the tags of each test, its own and those of the file from there on, each once', () => {
    const text = [
      '@test "before" {',
      '# bats test_tags=taken-back',
      ' #\tbats test_tags= db, bats:focus ,slow\r',
      'helper() { true; }',
      "@test 'marked' {",
      '# bats file_tags=slow,größe',
      'as_function() { # @test',
      '# bats test_tags=slow',
      '@test twice {',
      '# bats file_tags=api',
      '#bats test_tags=not allowed',
      '# batstest_tags=none',
      '@test "replaced" {',
      '# bats file_tags=',
      '@test "after" {',
    ].join('\n');
    assert.deepEqual(
      batsTests(text).map(({ name, line, tags }) => [name, line, tags.join(' ')]),
      [
        ['before', 1, ''],
        ['marked', 5, '@db @bats:focus @slow'],
        ['as_function', 7, '@slow @größe'],
        ['twice', 9, '@slow @größe'],
        ['replaced', 13, '@api'],
        ['after', 15, ''],
      ],
    );
  });
});
