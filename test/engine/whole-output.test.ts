import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bulkhead } from './command-line.ts';
import { TestWorkspace } from './workspace.ts';

const MiB = 1024 ** 2;
const shell = { name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] };
const config = (rest: object = {}) =>
  JSON.stringify({
    grace: 0,
    output: '64 KiB',
    timeout: '2 min',
    ...rest,
    frameworks: { mocha: false, command: [shell] },
  });
/** So many bytes, in lines that all differ, in colour. */
const lines = (bytes: number) => `yes "$(printf '\\033[31mé€😀 line\\033[0m')" | cat -n | head -c ${bytes}`;

describe('the whole output of a test', function () {
  this.timeout(120_000);
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());
  const sha = (data: Buffer) => createHash('sha256').update(data).digest('hex');

  it('is where its record says, whatever else runs at the same time', async () => {
    workspace = new TestWorkspace({
      'bulkhead.config.json': config({ jobs: 2 }),
      'a.sh': `${lines(3 * MiB)} | tee "$PWD/a.expected"`,
      'b.sh': `${lines(2 * MiB)} | tee "$PWD/b.expected"; exit 1`,
      'little.sh': 'echo little',
    });
    const { records, summary } = await workspace.run();
    assert.deepEqual(summary.counts, { passed: 2, failed: 1 });
    for (const [name, bytes] of [
      ['a', 3 * MiB],
      ['b', 2 * MiB],
    ] as const) {
      const { output, attributes } = records.find(({ test }) => test.file.endsWith(`${name}.sh`))!;
      assert.deepEqual([output.bytes, output.missing], [bytes, undefined]);
      assert.equal(dirname(dirname(output.file!)), dirname(summary.journal!));
      assert.equal(sha(readFileSync(output.file!)), sha(readFileSync(join(workspace.root, `${name}.expected`))));
      assert.ok(attributes.some(each => each.kind === 'output-truncated' && each.file === output.file));
      assert.ok(!output.text.slice(0, -1).includes('\uFFFD'));
    }
    assert.equal(readdirSync(join(dirname(summary.journal!), 'output')).length, 2);
  });

  it('of a gigabyte takes no more of the disk than it may', async () => {
    workspace = new TestWorkspace({
      'bulkhead.config.json': config({ outputLimit: 'none', outputFile: '8 MiB' }),
      'a.sh': 'head -c 1073741824 /dev/zero',
    });
    const { records } = await workspace.run();
    const [{ output, verdict } = assert.fail()] = records;
    assert.deepEqual([verdict.kind, output.bytes, output.missing], ['passed', 8 * MiB, '"outputFile" is 8 MiB']);
    assert.equal(statSync(output.file!).size, 8 * MiB);
    assert.equal(output.droppedBytes, 1024 * MiB - 64 * 1024);
  });

  it('ends a test that floods, by a verdict of its own, and stays to be looked at', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config({ outputLimit: '4 MiB' }), 'a.sh': 'yes' });
    const { records } = await workspace.run();
    const [{ output, verdict } = assert.fail()] = records;
    assert.deepEqual(verdict, { kind: 'limit-reached', limit: 'output', allowed: 4 * MiB });
    assert.ok(output.bytes! > 4 * MiB && statSync(output.file!).size === output.bytes);
  });

  it('has no file where none is wanted, and costs no verdict where its folder is taken away', async () => {
    workspace = new TestWorkspace({
      'bulkhead.config.json': config(),
      'a.sh': `${lines(MiB)}; rm -r .bulkhead/runs/*/output; ${lines(MiB)}`,
    });
    const none = await workspace.run({ outputFile: null });
    assert.deepEqual([none.records[0]!.output.file, none.records[0]!.output.missing], [undefined, undefined]);
    rmSync(join(workspace.root, '.bulkhead'), { recursive: true });
    const { records } = await workspace.run();
    assert.deepEqual(
      [records[0]!.verdict.kind, records[0]!.output.file, records[0]!.output.missing],
      ['passed', undefined, 'somebody has removed it'],
    );
  });

  it('shows characters whole that the pipe cuts, also live', async () => {
    workspace = new TestWorkspace({
      'bulkhead.config.json': config(),
      'a.sh': `printf '\\303'; sleep 0.2; printf 'err\\n' >&2; sleep 0.2; printf '\\251'; sleep 0.1; printf '\\342\\202'`,
    });
    const { records, notices } = await workspace.run();
    assert.equal(records[0]!.output.text, 'err\né\uFFFD');
    const live = notices.flatMap(notice => (notice.notice === 'output' ? [notice.text] : []));
    assert.equal(live.join(''), 'err\né\uFFFD');
  });

  it('is named in the terminal, later too, and in the reports', async () => {
    workspace = new TestWorkspace({
      'bulkhead.config.json': config(),
      'a.sh': `${lines(MiB)}; echo last; exit 1`,
    });
    const { stdout } = await bulkhead(workspace.root, 'run --output report.xml');
    const named = /Output shortened: .* left out of its middle; the whole in (\S+\.log)/;
    const [, file = ''] = named.exec(stdout) ?? assert.fail(stdout);
    assert.match(readFileSync(file, 'utf8'), /last\n$/);
    const shown = await bulkhead(workspace.root, 'show');
    assert.equal(named.exec(shown.stdout)?.[1], file);
    assert.ok(readFileSync(join(workspace.root, 'report.xml'), 'utf8').includes(`[[ATTACHMENT|${file}]]</system-out>`));
  });
});
