// Bundled to out/test/integration/index.cjs. VS Code's server and desktop VS Code both call run() in the extension host, and
// end with an exit code other than 0 when it rejects.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ResultLine } from './results.ts';

export async function run(): Promise<void> {
  const files = fs
    .readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.cjs'))
    .sort();
  if (files.length === 0) throw new Error(`No *.test.cjs in ${__dirname}. Build the integration tests first.`);
  const { default: Mocha } = await import('mocha');
  // The base reporter is silent: the console of an extension host reaches nobody reliably, so results go to a file.
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 120_000, reporter: Mocha.reporters.Base });
  // As the tests of the window: what fails once on a busy machine and then passes is told as such.
  mocha.suite.retries(1);
  for (const file of files) mocha.addFile(path.join(__dirname, file));
  await mocha.loadFilesAsync();
  await new Promise<void>((resolve, reject) => {
    const runner = mocha.run(failures => {
      note({ kind: 'end' });
      if (failures > 0) reject(new Error(`${failures} integration test(s) failed.`));
      else resolve();
    });
    runner.on('test', test => note({ kind: 'begin', title: test.fullTitle() }));
    runner.on('retry', (test: Mocha.Test, error: unknown) =>
      note({ kind: 'retried', title: test.fullTitle(), error: describe(error) }),
    );
    runner.on('pass', test => note({ kind: 'passed', title: test.fullTitle(), ms: test.duration ?? 0 }));
    runner.on('pending', test => note({ kind: 'skipped', title: test.fullTitle() }));
    runner.on('fail', (test, error) => note({ kind: 'failed', title: test.fullTitle(), error: describe(error) }));
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function note(line: ResultLine): void {
  const file = process.env.BULKHEAD_RESULTS;
  if (file) fs.appendFileSync(file, `${JSON.stringify(line)}\n`);
}
