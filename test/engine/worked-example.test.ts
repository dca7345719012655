import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Framework } from '../../src/frameworks/framework.ts';
import { ScriptBed } from './script-framework.ts';

const repository = resolve(import.meta.dirname, '../..');

/** The class as CONTRIBUTING.md has it, as if it stood in a folder of `src/frameworks`. */
async function ofThePage(folder: string): Promise<Framework> {
  const page = readFileSync(join(repository, 'CONTRIBUTING.md'), 'utf8');
  const [, code] = /^```ts\n(.*?^export class MakeFramework .*?)^```$/ms.exec(page) ?? [];
  assert.ok(code, 'the page has the example');
  const place = pathToFileURL(join(repository, 'src/frameworks/make/framework.ts'));
  const text = code.replaceAll(/from '([^']+)'/g, (_, name: string) => {
    const url = name.startsWith('.') ? new URL(name, place).href : import.meta.resolve(name);
    return `from ${JSON.stringify(url)}`;
  });
  const file = join(folder, 'framework.ts');
  writeFileSync(file, text);
  const { MakeFramework } = (await import(pathToFileURL(file).href)) as { MakeFramework: new () => Framework };
  return new MakeFramework();
}

describe('the worked example of how a framework is added', () => {
  let folder: string;
  let bed: ScriptBed;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'bulkhead-example-'))));
  afterEach(() => bed.close());
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const isolation of ['test', 'file'] as const) {
    it(`finds, runs and judges its tests, with a cage for each ${isolation}`, async () => {
      const makefile = [
        'all:\n\ttrue\n',
        'test-passes:\n\ttrue\n',
        'test-fails:\n\tfalse\n',
        'test-hangs:\n\texec sleep 600\n',
        'test-dies:\n\tkill -9 $$PPID; sleep 600\n',
      ].join('\n');
      bed = await ScriptBed.open(await ofThePage(folder), { Makefile: makefile });
      const overrides = [{ tests: ['test-hangs'], timeout: 2000 }];
      const { verdicts, records } = await bed.run({ isolation, overrides });
      assert.deepEqual(verdicts, {
        'test-passes': 'passed',
        'test-fails': 'failed',
        'test-hangs': 'timed-out',
        'test-dies': 'killed-outside',
      });
      assert.equal(records.find(({ test }) => test.titlePath[0] === 'test-fails')?.test.line, 7);
    });
  }
});
