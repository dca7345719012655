import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { marked, until } from './alive.ts';
import { CommandLine } from './command-line.ts';
import { shellConfig, shellProject } from './shell-project.ts';
import { dist } from './workspace.ts';

interface JsonDocument {
  run: { planned: number; counts: Record<string, number>; cancelled: boolean };
}

describe('bulkhead in the terminal stops', () => {
  const project = shellProject();
  const mark = () => `bulkhead-test-${randomUUID()}`;
  const make = (files: Readonly<Record<string, string>>) => project(files).root;

  const daemon = 'setsid sh -c "trap : TERM HUP INT; while :; do sleep 1; done" >/dev/null 2>&1 </dev/null & sleep 60';
  const eight = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`t${index}.sh`, daemon]));

  /** Eight tests, each with a daemon in a session of its own. */
  async function started(name: string, args: readonly string[] = []) {
    const command = new CommandLine(make(eight), ['run', '--jobs', '8', ...args], { MARK: name });
    const daemons = () => marked(name).filter(process => process.command.includes('trap : TERM')).length;
    await until('eight tests and their daemons run', () => daemons() >= 8);
    return command;
  }

  it('when it is killed: nothing is alive a second later', async () => {
    const name = mark();
    const command = await started(name);
    command.process.kill('SIGKILL');
    await until('nothing is alive', () => marked(name).length === 0, 1000);
    await command.ended;
  });

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`at ${signal} with every test accounted for, nothing alive, code ${code}`, async () => {
      const name = mark();
      const command = await started(name, ['--json']);
      command.process.kill(signal);
      const ended = await command.ended;
      assert.deepEqual(marked(name), []);
      assert.equal(ended.code, code);
      assert.match(ended.stderr, /Stopping: the running tests are asked to end/);
      const { run } = JSON.parse(ended.stdout) as JsonDocument;
      assert.deepEqual([run.planned, run.counts['cancelled'], run.cancelled], [8, 8, true]);
    });
  }

  it('at once at the second Ctrl-C, however long the grace', async () => {
    const name = mark();
    const root = make({
      'bulkhead.config.json': shellConfig({ grace: '30s' }),
      'a.sh': 'trap "" TERM; while :; do sleep 0.1; done',
    });
    const command = new CommandLine(root, ['run'], { MARK: name });
    await until('the test runs', () => marked(name).some(process => process.command.includes('a.sh')));
    command.process.kill('SIGINT');
    await until('the first is heard', () => command.stdout.includes('Stopping'));
    const began = performance.now();
    command.process.kill('SIGINT');
    const { code, stdout } = await command.ended;
    assert.ok(performance.now() - began < 3000);
    assert.deepEqual([code, marked(name)], [130, []]);
    assert.match(stdout, /Killing the running tests\./);
  });

  it('when nobody reads its output any more', async () => {
    const name = mark();
    const tests = { ...eight, 'fails.sh': 'sleep 0.5; exit 3' };
    const command = new CommandLine(make(tests), ['run', '--jobs', '9'], { MARK: name });
    await until('tests run', () => marked(name).length > 8);
    command.process.stdout!.destroy();
    const { code } = await command.ended;
    assert.deepEqual([code, marked(name)], [141, []]);
  });

  it('with code 3 when the disk of its output is full, and says so', async function () {
    if (process.platform !== 'linux') this.skip(); // /dev/full is a disk that is always full
    const name = mark();
    const script = `exec "$0" "$1" run >/dev/full`;
    const options = { cwd: make({ ...eight, 'a.sh': 'exit 1' }), env: { ...process.env, MARK: name } };
    const child = spawn('sh', ['-c', script, process.execPath, join(dist, 'cli.cjs')], options);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 3, said);
    assert.match(said, /^error: Standard output takes no more: .*ENOSPC/m);
    assert.deepEqual(marked(name), []);
  });

  it('when nobody reads a document of megabytes to its end', async () => {
    const flood = Object.fromEntries([1, 2, 3].map(index => [`t${index}.sh`, 'head -c 700000 /dev/zero | tr "\\0" x']));
    const command = new CommandLine(make(flood), ['run', '--json']);
    const { stdout } = command.process;
    stdout!.once('data', () => stdout!.destroy());
    const { code, stderr } = await command.ended;
    assert.equal(code, 141, stderr);
    assert.match(stderr, /^3 tests: 3 passed/m);
  });

  it('while it lists tests, and does not say that there are none', async () => {
    const root = make({});
    const lists = { name: 'cases', files: '*.list', list: ['sh', '-c', 'touch begun; sleep 60'], command: ['true'] };
    writeFileSync(join(root, 'bulkhead.config.json'), JSON.stringify({ grace: 0, frameworks: { command: [lists] } }));
    writeFileSync(join(root, 'one.list'), '');
    const command = new CommandLine(root, ['run']);
    await until('it lists', () => existsSync(join(root, 'begun')));
    command.process.kill('SIGINT');
    const { code, stdout, stderr } = await command.ended;
    assert.deepEqual([code, stderr], [130, '']);
    assert.match(stdout, /^0 tests in .*, stopped before its end/m);
  });

  it('before there is a run, at Ctrl-C while it looks for tests', async () => {
    const name = mark();
    const command = new CommandLine(make({ 'one.sh': 'exit 0' }), ['list'], { MARK: name });
    await until('its warden is there', () => marked(name).length > 1);
    command.process.kill('SIGINT');
    assert.equal((await command.ended).code, 130);
    assert.deepEqual(marked(name), []);
  });
});
