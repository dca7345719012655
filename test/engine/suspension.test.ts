import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { killNow } from '../../src/cages/owner.ts';
import { marked, until } from './alive.ts';
import { dist, TestWorkspace } from './workspace.ts';

const config = JSON.stringify({
  memory: '128 MiB',
  timeout: '6s',
  frameworks: { command: [{ name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] }] },
});
/** About four seconds of work on an idle machine. */
const ticks = 'i=0; while [ $i -lt 40 ]; do echo tick >>"$TICKS"; sleep 0.1; i=$((i+1)); done';

describe('a run in a shell with job control', () => {
  let workspace: TestWorkspace;
  let mark: string;

  beforeEach(function () {
    const missing = ['script', 'bash'].filter(name => spawnSync(name, ['--version']).status !== 0);
    if (process.platform !== 'linux' || missing.length > 0) {
      console.log(`      needs a terminal made by util-linux’s "script", and bash; missing: ${missing.join()}`);
      this.skip();
    }
    mark = `bulkhead-test-${randomUUID()}`;
    workspace = new TestWorkspace({ 'bulkhead.config.json': config, 'a.sh': ticks });
  });
  afterEach(async () => {
    for (const { pid } of marked(mark)) killNow(pid);
    await workspace?.remove();
  });

  /** A shell with a terminal of its own, in which Bulkhead runs. */
  function runAtTerminal(ticks: string) {
    const shell = spawn('script', ['-qfc', 'bash --norc --noprofile -i', '/dev/null'], {
      cwd: workspace.root,
      env: { ...process.env, MARK: mark, TICKS: ticks, PS1: '', TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let seen = '';
    shell.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    const type = (text: string) => shell.stdin.write(text);
    type(`"${process.execPath}" "${join(dist, 'cli.cjs')}" run\n`);
    return { shell, type, screen: () => seen };
  }

  it('stands still with its tests at Ctrl-Z, no limit counting, and goes on at fg', async () => {
    const file = join(workspace.root, 'ticks');
    const count = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0);
    const { shell, type, screen } = runAtTerminal(file);
    await until('the test ticks', () => count() > 5, 40_000);
    type('\x1a');
    await until('the shell tells that the job is stopped', () => /Stopped/.test(screen()), 10_000);
    const before = count();
    // More than the test's whole time limit.
    await sleep(7000);
    assert.equal(count(), before);
    type('fg\n');
    await until('the run is over', () => /passed/i.test(screen().slice(screen().indexOf('Stopped'))), 40_000);
    type('exit\n');
    await new Promise(resolve => shell.once('close', resolve));
    assert.equal(count(), 40);
    assert.doesNotMatch(screen(), /Timed out/);
  });

  it('asks its tests to end at the first Ctrl-C, and kills them at the second', async () => {
    const file = join(workspace.root, 'said');
    const said = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    workspace.write('bulkhead.config.json', JSON.stringify({ ...JSON.parse(config), grace: '60s', timeout: '120s' }));
    workspace.write('a.sh', 'trap "echo asked >>$TICKS" TERM; while :; do echo tick >>"$TICKS"; sleep 0.1; done');
    const { shell, type, screen } = runAtTerminal(file);
    await until('the test ticks', () => said().includes('tick'), 40_000);
    type('\x03');
    await until('the test goes on after it was asked to end', () => /asked\n(tick\n)+$/.test(said()), 40_000);
    assert.match(screen(), /Stopping/);
    type('\x03');
    await until('it is killed', () => screen().includes('Killing the running tests.'), 40_000);
    type('echo code=$?\n');
    await until('the shell has its prompt back', () => screen().includes('code=130'), 40_000);
    assert.deepEqual(
      marked(mark).filter(({ command }) => command.includes('a.sh')),
      [],
    );
    assert.match(screen(), /1 cancelled/);
    type('exit\n');
    await new Promise(resolve => shell.once('close', resolve));
  });

  it('is killed with its tests while it is stopped', async () => {
    const file = join(workspace.root, 'ticks');
    const shell = spawn('script', ['-qfc', 'bash --norc --noprofile -i', '/dev/null'], {
      cwd: workspace.root,
      env: { ...process.env, MARK: mark, TICKS: file, PS1: '', TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let screen = '';
    shell.stdout.on('data', (chunk: Buffer) => (screen += chunk.toString()));
    shell.stdin.write(`"${process.execPath}" "${join(dist, 'cli.cjs')}" run\n`);
    await until('the test ticks', () => existsSync(file), 40_000);
    shell.stdin.write('\x1a');
    await until('the job is stopped', () => /Stopped/.test(screen), 10_000);
    const client = marked(mark).find(({ command }) => command.includes('cli.cjs'));
    killNow(client!.pid);
    await until(
      'no test is alive',
      () => !marked(mark).some(({ command }) => /a\.sh|sleep|warden/.test(command)),
      10_000,
    );
    shell.stdin.write('exit\n');
    await new Promise(resolve => shell.once('close', resolve));
  });
});
