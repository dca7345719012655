import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import type { Isolation } from '../../src/config/settings.ts';
import type { TestRecord } from '../../src/protocol/verdict.ts';
import { type RunResult, TestWorkspace } from './workspace.ts';

/** Backtraces take a second each on a busy machine. */
const env = {
  ...process.env,
  RUST_BACKTRACE: '0',
  PATH: [process.env['PATH'], join(homedir(), '.cargo/bin')].join(delimiter),
};

/** What `cargo test` itself says of each test of the package, by the root of its program and its name. */
function goesByItself(folder: string, tell: string, cargo = 'cargo', own = env): Map<string, string> {
  const targets = ['--lib', '--bins', '--examples', '--test=surroundings', '--test=sharing'];
  const { stdout, stderr } = spawnSync(cargo, ['test', ...targets, '--no-fail-fast'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...own, TELL: tell },
  });
  assert.match(stderr, /Running/, 'cargo test itself must have run');
  const programs = [...stderr.matchAll(/^ +Running (?:unittests )?(\S+) \(/gm)].map(([, source]) => source!);
  const said = new Map<string, string>();
  stdout.split(/^running \d+ tests?$/m).forEach((part, index) => {
    for (const [, name, result] of part.matchAll(/^test (.*?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)/gm))
      said.set(`${programs[index - 1]}: ${name}`, { ok: 'passed', FAILED: 'failed', ignored: 'skipped' }[result!]!);
  });
  return said;
}

/** As cargo calls them: the modules of a file are a part of the name. */
function named(root: string, { test, verdict }: TestRecord): [string, string] {
  const file = relative(root, test.file);
  const title = test.titlePath.join('::');
  const places: Record<string, string> = {
    'src/parser.rs': `src/lib.rs: parser::${title}`,
    'src/parser/tests.rs': `src/lib.rs: parser::tests::${title}`,
    'tests/common/mod.rs': `tests/sharing.rs: common::${title}`,
  };
  return [places[file] ?? `${file}: ${title}`, verdict.kind];
}

const own = /^(?:lister|program|deaths)\.rs$/;

describe('tests of cargo', function () {
  this.timeout(300_000);
  let workspace: TestWorkspace;
  let shop: string;
  let native: Map<string, string>;
  const results = new Map<Isolation, RunResult>();
  const recordsIn = (isolation: Isolation, file: string) =>
    results.get(isolation)!.records.filter(({ test }) => test.file === join(workspace.root, file));
  const verdictsIn = (isolation: Isolation, file: string) =>
    recordsIn(isolation, file).map(({ test, verdict }) => [test.titlePath.join(' › '), verdict.kind]);

  before(async () => {
    workspace = TestWorkspace.copyOf('cargo-project');
    shop = join(workspace.root, 'shop');
    native = goesByItself(shop, join(workspace.root, 'native.txt'));
    for (const isolation of ['test', 'file'] as const) {
      const told = { ...env, TELL: join(workspace.root, `${isolation}.txt`) };
      results.set(isolation, await workspace.run({ isolation }, { kind: 'all' }, told));
    }
  });
  after(() => workspace.remove());

  for (const isolation of ['test', 'file'] as const) {
    it(`have the verdicts of cargo test with a cage for each ${isolation}`, () => {
      const { records, summary } = results.get(isolation)!;
      const here = records.filter(({ test }) => test.file.startsWith(shop) && !own.test(test.file.split('/').at(-1)!));
      assert.ok(native.size > 25, `${native.size} of cargo's own`);
      assert.deepEqual(new Map(here.map(record => named(shop, record)).sort()), new Map([...native].sort()));
      assert.equal(summary.planned, records.length);
      assert.equal(summary.counts.lost ?? 0, 0);
    });

    it(`run where and with what cargo runs them, with a cage for each ${isolation}`, () => {
      const told = readFileSync(join(workspace.root, `${isolation}.txt`), 'utf8');
      assert.match(told, /^CARGO_PKG_VERSION=1\.2\.3$/m);
      assert.match(told, /^FROM_CARGO_CONFIG=yes$/m);
      assert.equal(told, readFileSync(join(workspace.root, 'native.txt'), 'utf8'));
    });

    it(`die alone, with a cage for each ${isolation}`, () => {
      assert.deepEqual(verdictsIn(isolation, 'shop/tests/deaths.rs').sort(), [
        ['a_passes', 'passed'],
        ['b_aborts', 'crashed'],
        ['c_passes', 'passed'],
        ['d_exits', 'exited-early'],
        ['e_reads_nothing_at_all', 'crashed'],
        ['f_asks_for_too_much', 'out-of-memory'],
        ['g_passes', 'passed'],
      ]);
    });

    it(`are told by exit codes where a program has a main of its own, with a cage for each ${isolation}`, () => {
      assert.deepEqual(verdictsIn(isolation, 'shop/tests/program.rs'), [['program.rs', 'passed']]);
      assert.deepEqual(verdictsIn(isolation, 'shop/tests/lister.rs').sort(), [
        ['a › b c $(x) *', 'failed'],
        ['first case', 'passed'],
      ]);
    });

    it(`tell why they failed, and where, with a cage for each ${isolation}`, () => {
      const told = (name: string) => {
        const found = recordsIn(isolation, 'shop/src/lib.rs').find(({ test }) => test.titlePath.at(-1) === name)!;
        return found.messages.map(({ text, file, line }) => [text, file && relative(workspace.root, file), line]);
      };
      const [[text, ...place] = []] = told('fails');
      assert.match(String(text), /^assertion .*failed: .*two\nlines/s);
      assert.deepEqual(place, ['shop/src/lib.rs', 27]);
      assert.deepEqual(told('fails_after_an_ok'), [['after an ok', 'shop/src/lib.rs', 82]]);
      assert.match(told('gives_back_an_error').join(), /out of stock/);
      assert.match(told('should_panic_and_does_not').join(), /did not panic as expected/);
      assert.match(told('should_panic_of_this').join(), /of that/);
      assert.match(told('fails_in_a_thread').join(), /called `Result::unwrap\(\)` on an `Err`/);
    });
  }

  it('are listed with the line of their function, before they were ever built', async () => {
    const fresh = TestWorkspace.copyOf('cargo-project');
    const client = await fresh.warden();
    const [project, ...others] = await fresh.projects(client);
    assert.deepEqual(others, []);
    const listed = async (name: string) => {
      const file = join(fresh.root, name);
      const { tests } = await client.request('discover', { project: project!.id, file });
      return tests.map(({ titlePath, line, key }) => ({ title: titlePath.join(' › '), line, key }));
    };
    assert.deepEqual(
      (await listed('shop/src/parser/tests.rs')).map(({ title, line }) => [title, line]),
      [
        ['refuses_letters', 2],
        ['fails', 7],
      ],
    );
    const lib = await listed('shop/src/lib.rs');
    assert.ok(!existsSync(join(fresh.root, 'target')), 'nothing was built');
    const ran = new Map(recordsIn('test', 'shop/src/lib.rs').map(({ test }) => [test.titlePath.join(' › '), test]));
    // The keys are those of the run: only what a macro makes is found by building.
    for (const { title, key, line } of lib) {
      assert.equal(ran.get(title)?.line, line, title);
      assert.equal(ran.get(title)?.key, key, title);
    }
    assert.deepEqual(
      [...ran.keys()].filter(title => !lib.some(each => each.title === title)),
      ['tests › by_a_macro'],
    );
    assert.ok(!project!.files.some(file => file.includes('only_with_extra')), 'its feature is not asked for');
    await fresh.remove();
  });

  it('tell of what cannot be built at its place, and run the rest of the package', () => {
    const [broken] = recordsIn('test', 'broken/tests/broken.rs');
    assert.equal(broken!.verdict.kind, 'error');
    assert.deepEqual([broken!.messages[0]?.file, broken!.messages[0]?.line], [broken!.test.file, 3]);
    assert.match(broken!.messages[0]?.text ?? '', /mismatched types/);
    assert.deepEqual(verdictsIn('test', 'broken/src/lib.rs'), [['passes', 'passed']]);
  });

  it('run with the features, the profile and the words for the program that the settings name', async () => {
    const args = ['--features', 'extra', '--profile', 'test', '--', '--include-ignored', '--test-threads=7'];
    const cargo = { enabled: true, args };
    workspace.write('bulkhead.config.json', JSON.stringify({ frameworks: { cargo: { args } } }));
    const files = ['shop/src/lib.rs', 'shop/tests/only_with_extra.rs'].map(name => ({
      file: join(workspace.root, name),
    }));
    const { verdicts } = await workspace.run(
      { cargo },
      { kind: 'some', projects: [{ project: 'cargo:workspace:.', files }] },
      env,
    );
    assert.equal(verdicts['of_a_feature'], 'passed');
    assert.equal(verdicts['ignored_for_a_reason'], 'passed');
  });

  it('say what cargo could not get for their package', async () => {
    const manifest = '[package]\nname = "lacking"\nversion = "0.1.0"\n[dependencies]\ngone = { path = "gone" }\n';
    const lacking = new TestWorkspace({ 'Cargo.toml': manifest, 'src/lib.rs': '#[test]\nfn never_built() {}\n' });
    try {
      const [record] = (await lacking.run({})).records;
      assert.equal(record?.verdict.kind, 'error');
      assert.match(record.messages[0]!.text, /^The tests of this package cannot be built: failed to .*`gone`/);
      assert.match(record.messages[0]!.text, /\nTry "cargo test --no-run" in that folder\.$/);
    } finally {
      await lacking.remove();
    }
  });

  it('say what is missing where there is no cargo', async () => {
    const other = TestWorkspace.copyOf('cargo-project');
    other.write('bulkhead.config.json', '{"frameworks": {"cargo": {"cargo": "no-such-cargo"}}}');
    const client = await other.warden();
    const { projects, problems } = await client.request('projects', {});
    assert.deepEqual(projects, []);
    assert.match(problems[0]?.message ?? '', /no-such-cargo/);
    await other.remove();
  });
});

describe("tests of Debian's cargo, beside that of rustup", function () {
  this.timeout(300_000);

  it('have the verdicts of cargo test', async function () {
    const [cargo, rustc] = ['/usr/bin/cargo', '/usr/bin/rustc'];
    if (!existsSync(cargo) || !existsSync(join(homedir(), '.cargo/bin/cargo'))) {
      console.warn('      skipped: this machine has no two of them, and the tests above run with the one');
      return this.skip();
    }
    const workspace = TestWorkspace.copyOf('cargo-project');
    try {
      const shop = join(workspace.root, 'shop');
      const old = { ...env, RUSTC: rustc, RUSTDOC: '/usr/bin/rustdoc' };
      const native = goesByItself(shop, join(workspace.root, 'native.txt'), cargo, old);
      assert.ok(native.size > 25, `${native.size} of cargo's own`);
      workspace.write('bulkhead.config.json', JSON.stringify({ frameworks: { cargo: { cargo } } }));
      const told = { ...old, TELL: join(workspace.root, 'file.txt') };
      const { records } = await workspace.run({ isolation: 'file' }, { kind: 'all' }, told);
      const here = records.filter(({ test }) => test.file.startsWith(shop) && !own.test(test.file.split('/').at(-1)!));
      assert.deepEqual(new Map(here.map(record => named(shop, record)).sort()), new Map([...native].sort()));
    } finally {
      await workspace.remove();
    }
  });

  for (const isolation of ['test', 'file'] as const) {
    it(`has the verdicts of cargo test in a small package, with a cage for each ${isolation}`, async function () {
      const cargo = existsSync('/usr/bin/cargo') ? '/usr/bin/cargo' : 'cargo';
      const old = existsSync('/usr/bin/rustc') ? { RUSTC: '/usr/bin/rustc', RUSTDOC: '/usr/bin/rustdoc' } : {};
      const workspace = new TestWorkspace({
        'bulkhead.config.json': JSON.stringify({ frameworks: { cargo: { cargo } } }),
        ...small,
      });
      try {
        const own = { ...env, ...old };
        const args = ['test', '--tests', '--no-fail-fast'];
        const { stdout } = spawnSync(cargo, args, { cwd: workspace.root, encoding: 'utf8', env: own });
        const said = [...stdout.matchAll(/^test (.*?)(?: - should panic)? +\.\.\. (ok|FAILED|ignored)/gm)].map(
          ([, name, word]) => `${name!.trim()}: ${{ ok: 'passed', FAILED: 'failed', ignored: 'skipped' }[word!]}`,
        );
        assert.equal(said.length, 9, stdout);
        const { records } = await workspace.run({ isolation }, { kind: 'all' }, own);
        const ours = records.map(({ test, verdict }) => `${test.titlePath.join('::')}: ${verdict.kind}`);
        assert.deepEqual(ours.sort(), said.sort());
      } finally {
        await workspace.remove();
      }
    });
  }
});

/** With a program that lists and tells its tests as libtest does, those too that it ignores. */
const small = {
  'Cargo.toml': `[package]
name = "small"
version = "0.1.0"
edition = "2021"

[[test]]
name = "mimic"
harness = false
`,
  'src/lib.rs': `#[cfg(test)]
mod tests {
    #[test]
    fn passes() {}
    #[test]
    fn fails() { assert_eq!(1, 2); }
    #[test]
    #[ignore = "not now"]
    fn is_ignored() { panic!(); }
    #[test]
    #[should_panic]
    fn panics_as_it_should() { panic!(); }
    #[test]
    fn gives_back_an_error() -> Result<(), String> { Err("no".into()) }
}
`,
  'tests/mimic.rs': `fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| arguments.iter().any(|each| each == word);
    let tests = [("passes here", false, true), ("fails here", false, false), ("ignored here", true, false), ("ignored::too", true, true)];
    let (ignored, exact) = (has("--ignored"), has("--exact"));
    let wanted: Vec<&String> = arguments.iter().filter(|each| !each.starts_with("--") && *each != "terse").collect();
    let mut failed = false;
    for (name, is_ignored, passes) in tests {
        if exact && !wanted.iter().any(|each| *each == name) || ignored && !is_ignored { continue; }
        if has("--list") { println!("{}: test", name); continue; }
        if is_ignored && !ignored { println!("test {:14} ... ignored", name); continue; }
        println!("test {:14} ... {}", name, if passes { "ok" } else { "FAILED" });
        failed |= !passes;
    }
    if failed { std::process::exit(101); }
}
`,
};
