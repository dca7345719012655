import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareReport, type ReportTarget, reportTarget, writeReport } from '../../../src/cli/report-files.ts';
import { readSetup } from '../../../src/cli/setup.ts';
import { prepareStorage } from '../../../src/cli/storage.ts';
import { sampleRecord, sampleReport } from '../reports/samples.ts';

describe('the files of the command line', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-cli-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const target = (name: string): ReportTarget => reportTarget(join(folder, name)) ?? assert.fail(name);

  it('hold the report of their ending, in folders made for them', async () => {
    const report = sampleReport([sampleRecord({ kind: 'passed' })]);
    for (const [name, begins] of [
      ['a/b/r.json', '{'],
      ['r.xml', '<?xml'],
      ['r.md', '# Test run'],
    ] as const) {
      assert.equal(await prepareReport(target(name)), null);
      assert.equal(await writeReport(target(name), report), null);
      assert.ok(readFileSync(join(folder, name), 'utf8').startsWith(begins));
    }
  });

  it('cannot be of an unknown kind', () => {
    assert.equal(reportTarget('r.html'), null);
    assert.equal(reportTarget('json'), null);
  });

  it('are named when they cannot be written', async () => {
    mkdirSync(join(folder, 'r.md'));
    writeFileSync(join(folder, 'file'), '');
    assert.match((await prepareReport(target('r.md')))?.message ?? '', /it is a folder/);
    assert.match((await prepareReport(target('file/r.md')))?.message ?? '', /cannot be written/);
    assert.equal((await writeReport(target('r.md'), sampleReport([])))?.file, join(folder, 'r.md'));
  });

  it('stay out of version control and belong to the user alone', async () => {
    const { path, problem } = await prepareStorage(folder);
    assert.equal(problem, undefined);
    assert.equal(readFileSync(join(path, '.gitignore'), 'utf8'), '*\n');
    assert.equal(statSync(path).mode & 0o777, 0o700);
    writeFileSync(join(path, '.gitignore'), 'mine');
    assert.equal((await prepareStorage(folder)).problem, undefined);
    assert.equal(readFileSync(join(path, '.gitignore'), 'utf8'), 'mine');
  });

  it('are not needed to run: storage that cannot be made is a warning', async () => {
    writeFileSync(join(folder, 'file'), '');
    const { problem } = await prepareStorage(join(folder, 'file'));
    assert.equal(problem?.severity, 'warning');
    assert.equal(existsSync(join(folder, '.bulkhead')), false);
  });

  it('are all looked at before anything is started', async () => {
    writeFileSync(join(folder, 'bulkhead.config.json'), '{"memory": "lots"}');
    const setup = await readSetup({ folder: null, paths: ['gone.js'] }, { MEM_MAX: 'x' }, folder);
    assert.deepEqual(
      setup.problems.map(({ message }) => message.split(/ /)[0]),
      ['memory:', 'MEM_MAX:', 'gone.js'],
    );
  });

  it('give way to the environment, and the environment to the flags', async () => {
    const env = { MEM_MAX: '128M', TIMEOUT_PER_TEST: '5' };
    const setup = await readSetup({ folder, paths: [], layer: { memory: null } }, env, '/');
    assert.ok('folder' in setup);
    assert.deepEqual(setup.folder.overrides, { memory: null, timeout: 5000 });
  });

  for (const [name, message] of [
    ['gone', /--folder: gone does not exist/],
    ['file', /--folder: file is not a folder/],
  ] as const) {
    it(`are refused when the workspace folder is none: ${name}`, async () => {
      writeFileSync(join(folder, 'file'), '');
      const { problems } = await readSetup({ folder: name, paths: [] }, {}, folder);
      assert.match(problems[0]?.message ?? '', message);
    });
  }
});
