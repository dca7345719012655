import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestRecord } from '../../src/protocol/verdict.ts';
import { linkJest } from '../unit/frameworks/jest/versions.ts';
import { pytestLines } from '../unit/frameworks/pytest/versions.ts';
import { linkVitest } from '../unit/frameworks/vitest/versions.ts';
import { bulkhead } from './command-line.ts';
import { TestWorkspace } from './workspace.ts';

/** Tests between hooks that change things in pairs; only the second one leaves what it did. */
const body = (serves: boolean) => `
  before(() => { process.env.ALL = 'of the file'; });
  after(() => { delete process.env.ALL; });
  beforeEach(() => { process.env.EACH = 'of a test'; });
  afterEach(() => { delete process.env.EACH; });
  it('is clean', () => {
    const home = process.cwd();
    const mask = process.umask(0o77);
    process.chdir('elsewhere');
    process.env.SHORT = 'while';
    rmSync(mkdtempSync(join(process.env.PLACE, 'removed-')), { recursive: true });
    process.chdir(home);
    process.umask(mask);
    delete process.env.SHORT;
  });
  it('leaks', async () => {
    process.chdir('elsewhere');
    process.umask(0o27);
    process.env.LEFT = 'the value of it';
    process.env.GIVEN = 'another';
    delete process.env.TAKEN;
    mkdtempSync(join(process.env.PLACE, 'left-'));
    ${serves ? "await new Promise(done => createServer().listen(0, '127.0.0.1', done));" : ''}
  });
  it('is clean too', () => {});
`;

const common = `
  const { mkdtempSync, rmSync } = require('node:fs');
  const { createServer } = require('node:net');
  const { join } = require('node:path');
`;
const module = `
  import { mkdtempSync, rmSync } from 'node:fs';
  import { createServer } from 'node:net';
  import { join } from 'node:path';
`;
const exitHook = `
  it('cleans up when the process ends', () => {
    const folder = mkdtempSync(join(process.env.PLACE, 'removed-at-exit-'));
    process.on('exit', () => rmSync(folder, { recursive: true }));
  });
`;

interface Case {
  readonly files: Readonly<Record<string, string>>;
  readonly link: (workspace: TestWorkspace) => Promise<unknown>;
  readonly leaves: readonly string[];
}

const nothing = () => Promise.resolve();
const inProcess = ['changed-directory', 'changed-environment', 'changed-umask', 'temporary-files'];

const cases: Record<string, Case> = {
  mocha: {
    files: {
      'package.json': '{ "devDependencies": { "mocha": "*" } }',
      // Else the server that is left keeps the process from ending, which is another story.
      '.mocharc.json': '{ "exit": true }',
      'test/a.test.js': common + body(true) + exitHook,
    },
    link: workspace => Promise.resolve(workspace.linkFrameworks()),
    leaves: [...inProcess, 'open-ports'],
  },
  'node:test': {
    files: {
      'package.json': '{ "scripts": { "test": "node --test" } }',
      'a.test.js': `const { it, before, after, beforeEach, afterEach } = require('node:test');${common}${body(false)}${exitHook}`,
    },
    link: nothing,
    leaves: inProcess,
  },
  jest: {
    files: {
      'package.json': '{ "jest": { "forceExit": true } }',
      'a.test.js': `const before = beforeAll, after = afterAll;${common}${body(true)}`,
    },
    link: workspace => linkJest(workspace.root),
    leaves: [...inProcess, 'open-ports'],
  },
  vitest: {
    files: {
      'package.json': '{ "type": "module", "devDependencies": { "vitest": "*" } }',
      'a.test.js': `
        import { afterAll as after, afterEach, beforeAll as before, beforeEach, it } from 'vitest';
        ${module}${body(true)}`,
    },
    link: workspace => linkVitest(workspace.root),
    leaves: [...inProcess, 'open-ports'],
  },
};

const python = `
import os, socket, tempfile, threading, time
import pytest

kept = []

@pytest.fixture(scope="module")
def served():
    os.environ["ALL"] = "of the file"
    with socket.create_server(("127.0.0.1", 0)) as own:
        yield own
    del os.environ["ALL"]

@pytest.fixture(autouse=True)
def each():
    os.environ["EACH"] = "of a test"
    yield
    del os.environ["EACH"]

def test_is_clean(served, monkeypatch, tmp_path):
    monkeypatch.setenv("SHORT", "while")
    monkeypatch.chdir(tmp_path)
    os.umask(os.umask(0o77))
    with tempfile.TemporaryDirectory(), tempfile.NamedTemporaryFile():
        pass
    told = threading.Event()
    threading.Thread(target=told.wait).start()
    told.set()

def test_leaks():
    os.chdir("elsewhere")
    os.umask(0o27)
    os.environ["LEFT"] = "the value of it"
    os.environ["GIVEN"] = "another"
    del os.environ["TAKEN"]
    tempfile.mkdtemp(prefix="left-", dir=os.environ["PLACE"])
    kept.append(socket.create_server(("127.0.0.1", 0)))
    threading.Thread(target=time.sleep, args=(600,), daemon=True, name="endless").start()

def test_cleans_up_when_the_process_ends():
    kept.append(tempfile.TemporaryDirectory(dir=os.environ["PLACE"]))

def test_is_clean_too(served):
    pass
`;
for (const line of await pytestLines()) {
  if ('missing' in line) continue;
  const config = { frameworks: { pytest: { python: line.python } } };
  cases[line.name] = {
    files: { 'pytest.ini': '[pytest]\n', 'bulkhead.config.json': JSON.stringify(config), 'test_a.py': python },
    link: nothing,
    leaves: [...inProcess, 'open-ports', 'running-threads'],
  };
}

type Left = Record<string, readonly string[]>;

function leftBy({ attributes }: TestRecord): Left {
  return Object.fromEntries(attributes.flatMap(each => (each.kind === 'left-behind' ? [[each.leak, each.what]] : [])));
}

describe('what a test leaves behind', function () {
  this.timeout(120_000);
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());
  const env = () => ({ ...process.env, PLACE: workspace.root, GIVEN: 'one', TAKEN: 'one' });
  const make = async ({ files, link }: Case) => {
    workspace = new TestWorkspace(files);
    mkdirSync(join(workspace.root, 'elsewhere'));
    await link(workspace);
  };

  for (const [name, each] of Object.entries(cases)) {
    for (const isolation of ['file', 'test'] as const) {
      it(`is told of tests of ${name} and charged to nobody else, with a cage for each ${isolation}`, async () => {
        await make(each);
        const { records } = await workspace.run({ isolation }, { kind: 'all' }, env());
        const said = JSON.stringify(records.map(({ test, verdict, why }) => [test.titlePath, verdict, why]));
        assert.ok(records.length > 2 && records.every(({ verdict }) => verdict.kind === 'passed'), said);
        const leaking = records.find(({ test }) => /leaks$/.test(test.titlePath.at(-1)!))!;
        const left = leftBy(leaking);
        assert.deepEqual(Object.keys(left).sort(), [...each.leaves].sort());
        assert.match(left['changed-directory']!.join(), /elsewhere instead of /);
        assert.match(left['changed-umask']!.join(), /^0027 instead of \d{4}$/);
        assert.deepEqual([...left['changed-environment']!].sort(), ['GIVEN (changed)', 'LEFT', 'TAKEN (removed)']);
        assert.match(left['temporary-files']!.join(), new RegExp(`^${workspace.root}/left-[^,]*$`));
        if (left['open-ports']) assert.match(left['open-ports'].join(), /^127\.0\.0\.1:\d+$/);
        if (left['running-threads']) assert.deepEqual(left['running-threads'], ['endless']);
        assert.doesNotMatch(JSON.stringify(leaking.attributes), /the value of it/);
        for (const record of records) if (record !== leaking) assert.deepEqual(leftBy(record), {}, record.test.key);
      });
    }
  }

  it('is in the details of the terminal and of a run that is shown again, and fails nothing', async () => {
    const { link, files } = cases['mocha']!;
    const failing = "it('fails', () => { process.env.LEFT = 'x'; throw new Error('no'); });";
    await make({
      link,
      leaves: [],
      files: { ...files, 'test/a.test.js': failing, 'test/b.test.js': common + body(false) },
    });
    const passing = await bulkhead(workspace.root, 'run test/b.test.js --verbose', env());
    assert.equal(passing.code, 0, passing.stdout);
    const { stdout } = await bulkhead(workspace.root, 'run --verbose', env());
    assert.match(stdout, /Left its environment changed: LEFT/);
    assert.match((await bulkhead(workspace.root, 'show')).stdout, /Left its environment changed: LEFT/);
  });

  it('is not told of tests that run beside each other, for nobody knows whose it is', async () => {
    const { link, files } = cases['vitest']!;
    const concurrent = `
      import { it } from 'vitest';
      const rest = () => new Promise(done => setTimeout(done, 50));
      it.concurrent('one', async () => { await rest(); process.env.LEFT = 'x'; await rest(); });
      it.concurrent('other', async () => { await rest(); await rest(); });
    `;
    await make({ link, leaves: [], files: { ...files, 'a.test.js': concurrent } });
    const { records } = await workspace.run({ isolation: 'file' }, { kind: 'all' }, env());
    assert.deepEqual(records.map(leftBy), [{}, {}]);
  });
});
