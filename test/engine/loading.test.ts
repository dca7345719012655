import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { type Loaded, settings, table } from './loaded.ts';
import { type RunResult, TestWorkspace } from './workspace.ts';

describe('files that need much to be loaded', () => {
  it('are listed, too, under the memory that an override gives them', async () => {
    const large = 'const held = Buffer.alloc(200 << 20, 1); it("works", () => held);';
    const workspace = TestWorkspace.ofFixture('mocha-odd-titles', {
      'bulkhead.config.json': JSON.stringify({
        memory: '160 MiB',
        overrides: [{ files: '**/large.test.js', memory: '512 MiB' }],
      }),
      'test/large.test.js': large,
      'test/huge.test.js': large,
    });
    try {
      const client = await workspace.warden();
      const [project] = await workspace.projects(client);
      const look = async (name: string) => {
        const file = project!.files.find(path => basename(path) === name)!;
        return client.request('discover', { project: project!.id, file });
      };
      assert.deepEqual(
        (await look('large.test.js')).tests.map(({ titlePath }) => titlePath),
        [['works']],
      );
      assert.match((await look('huge.test.js')).problem?.fix ?? '', /Raise "memory" for this file/);
    } finally {
      await workspace.remove();
    }
  });
});

describe('files that cannot be loaded, or have nothing to load', function () {
  this.timeout(240_000);
  const workspaces: TestWorkspace[] = [];
  /** All at once, for most of the time they wait. */
  let runs: ReadonlyMap<string, Promise<RunResult>>;

  before(() => {
    runs = new Map(table.filter(({ missing }) => missing === undefined).map(loaded => [loaded.framework, run(loaded)]));
  });
  after(async () => {
    await Promise.allSettled(runs.values());
    await Promise.all(workspaces.map(workspace => workspace.remove()));
  });

  async function run({ files, prepare }: Loaded): Promise<RunResult> {
    const workspace = new TestWorkspace({ 'bulkhead.config.json': JSON.stringify(settings), ...files });
    workspaces.push(workspace);
    await prepare?.(workspace);
    return workspace.run();
  }

  for (const { framework, expected, said, missing } of table) {
    const title = `have the right verdict and hang nothing: ${framework}`;
    if (missing !== undefined) it.skip(`${title} (${missing})`);
    else
      it(title, async () => {
        const { records, summary } = await runs.get(framework)!;
        const nameOf = (file: string) =>
          Object.keys(expected).find(name => file.endsWith(`/${name}`)) ?? basename(file);
        const told: Record<string, string[]> = Object.fromEntries(Object.keys(expected).map(name => [name, []]));
        for (const { test, verdict } of records) (told[nameOf(test.file)] ??= []).push(verdict.kind);
        const details = JSON.stringify(records.map(({ test, verdict, messages }) => [test.file, verdict, messages]));
        assert.deepEqual(told, expected, details);
        assert.equal(summary.planned, records.length);
        for (const [name, words] of Object.entries(said)) {
          const record = records.find(({ test }) => nameOf(test.file) === name)!;
          assert.match(JSON.stringify([record.verdict, record.messages]), words, name);
        }
      });
  }
});
