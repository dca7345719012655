import assert from 'node:assert/strict';
import { rustOutline } from '../../../../src/frameworks/cargo/outline.ts';

const tests = (text: string) => rustOutline(text).tests.map(({ path, line }) => `${path.join('::')}:${line}`);

describe('the outline of a Rust file', () => {
  it('has tests by the path of their modules, whatever stands between attribute and function', () => {
    const text = `
#[cfg(test)]
mod tests {
    mod inner {
        /// Says [what] it does.
        #[test]
        #[should_panic(expected = "] }")]
        pub(crate) fn one() { let a = [1; 2]; if true { } }
    }
    #[tokio::test(flavor = "multi_thread")]
    async fn two() {}
}
#[test] fn r#match() {}
`;
    assert.deepEqual(tests(text), ['tests::inner::one:8', 'tests::two:11', 'r#match:13']);
  });

  it('leaves out what is a comment, a string, or inside of a function', () => {
    const text = `
// #[test] fn a() {}
/* /* #[test] fn b() {} */ #[test] fn c() {} */
const S: &str = "#[test] fn d() {}";
const R: &str = r##"#[test] fn e() {} "# "##;
fn plain(numbers: [u8; 3]) { #[test] fn f() {} }
fn lifetimes<'a>(a: &'a str) -> char { '{' }
#[derive(test)] struct G;
#[cfg(test)] fn h() {}
#[test]
fn last<'a>() {}
`;
    assert.deepEqual(tests(text), ['last:11']);
  });

  it('reads what is not finished yet', () => {
    assert.deepEqual(tests('#[test]\nfn half() {\n    let x = "no end\n'), ['half:2']);
    assert.deepEqual(tests('#[test]\nfn half(\n'), ['half:2']);
    assert.deepEqual(tests('#[tes'), []);
    assert.deepEqual(tests('}}}\n#[test] fn after() {}'), ['after:2']);
  });

  it('has the modules that are other files, with the path of an attribute', () => {
    const text = 'mod a;\npub mod r#b;\nmod inline { #[path = "else/where.rs"] mod c; }\nmod d { }\n';
    assert.deepEqual(rustOutline(text).modules, [
      { path: ['a'], line: 1 },
      { path: ['r#b'], line: 2 },
      { path: ['inline', 'c'], line: 3, at: 'else/where.rs' },
    ]);
  });

  it('is quick with what is long', () => {
    const text = `${'#[test]\nfn a() { let s = "x{"; }\n'.repeat(20_000)}/*${'['.repeat(100_000)}`;
    assert.equal(rustOutline(text).tests.length, 20_000);
  });
});
