import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { outlinePython, type PythonNames } from '../../../../src/frameworks/outline/python.ts';

function outline(text: string, names?: PythonNames): string[] {
  return outlinePython(text, names).map(({ titlePath, line, column }) => `${titlePath.join(' › ')} ${line}:${column}`);
}

describe('the outline of a Python file', () => {
  it('has functions, methods of nested classes, and cases of unittest', () => {
    const text = `
def test_a(): pass
async def test_b():
    def test_inner(): pass
class TestOuter:
    @pytest.mark.parametrize("x", [
        1,
    ])
    async   def test_c(self, x): pass
    def helper(self): pass
    class TestInner(object):
\tdef test_d(self): pass
class Cases(unittest.TestCase):
    def testOld(self): pass
    def helper(self): pass
class Other(SomeTestCase, metaclass=M):
    def test_e(self): pass
class Helper:
    def test_not(self): pass
`;
    assert.deepEqual(outline(text), [
      'test_a 2:1',
      'test_b 3:1',
      'TestOuter › test_c 9:5',
      'TestOuter › TestInner › test_d 12:9',
      'Cases › testOld 14:5',
      'Other › test_e 17:5',
    ]);
  });

  it('is not misled by strings and comments', () => {
    const text = `"""
def test_in_docstring(): pass
"""
# def test_in_comment(): pass
x = 'it\\'s' # "
y = r'''
def test_in_string(): pass
\\'''
def test_no(): "'"
'''
z = ("def test_x():",
def_ := 1)
def test_yes(): pass
w = "unclosed
def test_after(): pass`;
    assert.deepEqual(outline(text), ['test_yes 13:1', 'test_after 15:1']);
  });

  it('takes the last of two definitions, and those in a condition', () => {
    const text = `
def test_twice(): pass
if sys.platform == "linux":
    def test_here(): pass
else:
    def test_here(): pass
try:
    import x
except ImportError:
    class TestX:
        def test_m(self): pass
def test_twice(): pass
`;
    assert.deepEqual(outline(text), ['test_here 6:5', 'TestX › test_m 11:9', 'test_twice 12:1']);
  });

  it('obeys the names of the configuration', () => {
    const names = { functions: ['check', '*_spec'], classes: ['Suite'] };
    const text =
      'def check_a(): pass\ndef b_spec(): pass\ndef test_c(): pass\nclass SuiteD:\n  def check_e(self): pass\n';
    assert.deepEqual(outline(text, names), ['check_a 1:1', 'b_spec 2:1', 'SuiteD › check_e 5:3']);
  });

  it('tells what it can of a file that is being typed, at every length of it', () => {
    const file = resolve(import.meta.dirname, '../../../fixtures/pytest-project/tests/test_cases.py');
    const text = readFileSync(file, 'utf8');
    const whole = outline(text);
    for (let length = 0; length <= text.length; length++) {
      const part = outline(text.slice(0, length));
      assert.ok(
        part.slice(0, -1).every(each => whole.includes(each)),
        `${length}: ${part.join()}`,
      );
    }
    assert.deepEqual(outline('call(\n    1,\ndef test_after_open_bracket(): pass'), ['test_after_open_bracket 3:1']);
    assert.deepEqual(outline('def test_open('), ['test_open 1:1']);
  });
});
