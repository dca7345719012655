import assert from 'node:assert/strict';
import { goFunctions } from '../../../../src/frameworks/go/outline.ts';

const names = (text: string) => goFunctions(text).map(({ name }) => name);

describe('the outline of a Go file', () => {
  it('has tests, fuzz tests and examples with their lines', () => {
    const text = 'package a\n\nfunc TestA(t *testing.T) {}\nfunc FuzzB(f *testing.F) {}\nfunc TestÜ(t *tt.T) {\n';
    assert.deepEqual(goFunctions(text), [
      { name: 'TestA', line: 3 },
      { name: 'FuzzB', line: 4 },
      { name: 'TestÜ', line: 5 },
    ]);
  });

  it('leaves out what Go does not run', () => {
    assert.deepEqual(
      names('func TestMain(m *testing.M) {}\nfunc Testify(t *testing.T) {}\nfunc TestB(b *testing.B) {}'),
      [],
    );
    assert.deepEqual(names('func (s *Suite) TestMethod(t *testing.T) {}\n\tfunc TestInside(t *testing.T) {}'), []);
    assert.deepEqual(
      names('var s = `\nfunc TestInAString(t *testing.T) {}\n`\n/*\nfunc TestC(t *testing.T) {}\n*/'),
      [],
    );
  });

  it('has examples only with their expected output', () => {
    const text =
      'func ExampleA() {\n\t// Unordered output: 1\n}\nfunc ExampleB() {\n}\nfunc Example() {\n\t// Output:\n}';
    assert.deepEqual(names(text), ['ExampleA', 'Example']);
  });

  it('reads what is not finished yet', () => {
    assert.deepEqual(names('func TestHalf(t *testing.T) {\n\tx := "no end\n\nfunc TestNext(t *testing.T) {'), [
      'TestHalf',
      'TestNext',
    ]);
  });
});
