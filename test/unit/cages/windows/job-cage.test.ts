import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { limitsOf } from '../../../../src/config/resolve.ts';
import { defaults } from '../../../../src/config/settings.ts';
import type { Launch } from '../../../../src/cages/launch.ts';
import { all } from '../../../../src/cages/powers.ts';
import { JobCage } from '../../../../src/cages/windows/job-cage.ts';
import { launcherEnvironment } from '../../../../src/cages/launcher-order.ts';
import { note, type JobLimits } from '../../../../src/cages/windows/layouts.ts';
import type { Job, WindowsProcess, WindowsSystem } from '../../../../src/cages/windows/system.ts';

const MiB = 1024 ** 2;
const launcher = resolve(import.meta.dirname, '../../../../src/cages/windows/launcher.entry.ts');
const limits = { ...limitsOf(defaults), memoryBytes: 100 * MiB, swapBytes: 0, processes: 10 };

/** Stands for Windows, which is not here: the launcher is the real one, the kernel's part is played. */
class PlayedWindows implements WindowsSystem, Job {
  readonly limits: JobLimits[] = [];
  readonly added: number[] = [];
  posted: number[] = [];
  others: readonly WindowsProcess[] = [];
  committedByAll = 40 * MiB;
  account = { cpuMs: 60, total: 1, active: 1, peakBytes: 40 * MiB };
  refuses = false;
  child: ChildProcess | null = null;

  createJob(): Job {
    return this;
  }
  committed(pid: number): number {
    return pid === this.added[0] ? this.committedByAll : 0;
  }
  look(pid: number): WindowsProcess | null {
    return this.others.find(other => other.pid === pid) ?? null;
  }
  limit(wanted: JobLimits): void {
    this.limits.push(wanted);
  }
  add(pid: number): void {
    if (this.refuses) throw new Error('Windows refused to put a process into a job object (error 5)');
    this.added.push(pid);
  }
  pids(): number[] {
    const gone = this.child?.exitCode !== null || this.child.signalCode !== null;
    return [...(gone ? [] : this.added), ...this.others.map(({ pid }) => pid)];
  }
  accounting() {
    return this.account;
  }
  notes(): number[] {
    const taken = this.posted;
    this.posted = [];
    return taken;
  }
  terminate(): void {
    this.others = [];
    endGroup(this.child!);
  }
  close(): void {}
}

/** The launcher, and the program that it started: here only the group holds them together. */
function endGroup(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch (error) {
    // Gone already is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function start(windows: PlayedWindows, launch: Partial<Launch>) {
  const cage = new JobCage('a', windows, launcher, all, { limits, onOverMemory: () => {} });
  const wrapped = cage.wrap({ file: process.execPath, args: [], cwd: '/', env: {}, ...launch });
  const child = spawn(wrapped.file, [...wrapped.args], {
    cwd: wrapped.cwd,
    env: { ...process.env, ...wrapped.env },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe', 'pipe'],
    detached: true,
  });
  started.push(child);
  windows.child = child;
  cage.born(child);
  return { cage, child };
}

async function textOf(stream: Readable): Promise<string> {
  return (await stream.toArray()).join('');
}

const started: ChildProcess[] = [];

describe('a cage in a job object', function () {
  // The launcher and its program are two starts of a Node each.
  this.slow(2000);

  before(function () {
    if (process.platform !== 'win32') return;
    console.log('      skipped: Windows itself is here, and test/engine/job-object.test.ts asks it');
    this.skip(); // for the reason just printed
  });
  afterEach(() => started.splice(0).forEach(endGroup));

  it('puts the launcher into the job, charges the test for nothing of it, and only then starts the program', async () => {
    const windows = new PlayedWindows();
    const { cage, child } = start(windows, { args: ['-e', 'console.log("hello"); process.exit(3)'] });
    assert.deepEqual([windows.added, windows.limits], [[child.pid], []], 'in the job at once, and without limits yet');
    const printed = textOf(child.stdout!);
    assert.deepEqual(await cage.leader, { kind: 'ended', code: 3, signal: null });
    assert.equal(await printed, 'hello\n');
    assert.deepEqual(windows.limits, [{ memoryBytes: 140 * MiB, processes: 11, nice: 0 }]);
    windows.account = { cpuMs: 400, total: 3, active: 0, peakBytes: 90 * MiB };
    const { peakMemoryBytes, cpuMs } = cage.counters();
    assert.deepEqual([peakMemoryBytes, cpuMs], [50 * MiB, 340]);
    assert.deepEqual(await cage.kill(), []);
  });

  it('gives the program its event pipe and its own variables, which the launcher itself did not see', async () => {
    const script =
      'require("fs").writeSync(3, "event"); console.log(process.env.NODE_OPTIONS, process.env.ELECTRON_RUN_AS_NODE)';
    const windows = new PlayedWindows();
    const { cage, child } = start(windows, { args: ['-e', script], env: { NODE_OPTIONS: '--no-warnings' } });
    const [events, printed] = await Promise.all([textOf(child.stdio[3] as Readable), textOf(child.stdout!)]);
    assert.deepEqual([events, printed], ['event', '--no-warnings undefined\n']);
    assert.equal((await cage.leader).kind, 'ended');
    await cage.kill();
  });

  it('says why a program cannot be started', async () => {
    const { cage } = start(new PlayedWindows(), { file: '/no/such/program' });
    const end = await cage.leader;
    assert.equal(end.kind, 'not-started');
    assert.match(end.kind === 'not-started' ? end.because : '', /ENOENT/);
    await cage.kill();
  });

  it('starts nothing outside of a job', async () => {
    const windows = new PlayedWindows();
    windows.refuses = true;
    const { cage, child } = start(windows, { args: ['-e', 'console.log("escaped")'] });
    const printed = textOf(child.stdout!);
    assert.deepEqual(await cage.leader, {
      kind: 'not-started',
      because: 'Windows refused to put a process into a job object (error 5)',
    });
    assert.equal(await printed, '');
  });

  it('ends a busy program by the job, which is a kill of ours', async () => {
    const { cage, child } = start(new PlayedWindows(), { args: ['-e', 'console.log("up"); for (;;);'] });
    await once(child.stdout!, 'data');
    assert.equal(cage.signal('SIGTERM'), false, 'there is no polite signal');
    assert.deepEqual(await cage.kill(), []);
    assert.deepEqual(await cage.leader, { kind: 'ended', code: null, signal: 'SIGKILL' });
  });

  it('knows of an end of the launcher that is not ours', async () => {
    const { cage, child } = start(new PlayedWindows(), { args: ['-e', 'console.log("up"); for (;;);'] });
    await once(child.stdout!, 'data');
    child.kill('SIGKILL');
    assert.deepEqual(await cage.leader, { kind: 'ended', code: null, signal: 'SIGKILL' });
    await cage.kill();
  });

  it('counts what the kernel notes as refused, and lists who is in the job but for the launcher and consoles', async () => {
    const windows = new PlayedWindows();
    const { cage, child } = start(windows, { args: ['-e', 'console.log("up"); for (;;);'] });
    await once(child.stdout!, 'data');
    const image = 'C:\\tools\\left.exe';
    windows.others = [
      { pid: 900_001, parent: 7, started: '13', image, command: 'left --now' },
      { pid: 900_002, parent: 7, started: '14', image: 'C:\\Windows\\System32\\conhost.exe', command: 'conhost' },
    ];
    assert.deepEqual(await cage.census(), [{ pid: 900_001, parent: 7, started: '13', command: 'left --now' }]);
    windows.posted = [6, note.tooMuchMemory, note.tooMuchMemory, 7];
    cage.live();
    windows.posted = [note.tooManyProcesses];
    const { oomKills, refusedMemory, refusedProcesses } = cage.counters();
    assert.deepEqual(
      { oomKills, refusedMemory, refusedProcesses },
      { oomKills: null, refusedMemory: 2, refusedProcesses: 1 },
    );
    await cage.kill();
  });

  it('keeps the highest that was seen where the kernel keeps no record', async () => {
    const windows = new PlayedWindows();
    windows.account = { cpuMs: 0, total: 1, active: 1, peakBytes: 0 };
    const { cage, child } = start(windows, { args: ['-e', 'console.log("up"); for (;;);'] });
    await once(child.stdout!, 'data');
    windows.committedByAll = 70 * MiB;
    assert.equal(cage.live().memoryBytes, 30 * MiB);
    windows.committedByAll = 45 * MiB;
    cage.live();
    const { peakMemoryBytes, cpuMs } = cage.counters();
    assert.deepEqual([peakMemoryBytes, cpuMs], [30 * MiB, 0]);
    await cage.kill();
  });
});

describe('what the launcher sees of the environment', () => {
  const launch: Launch = { file: 'node', args: [], cwd: '/', env: { NODE_ENV: 'test', PORT: '1' } };

  it('is nothing that a Node would obey', () => {
    const { env, restored } = launcherEnvironment(launch, { NODE_OPTIONS: '--import ./hook.mjs', PATH: '/bin' }, false);
    assert.deepEqual(env, { NODE_ENV: '', PORT: '1', NODE_OPTIONS: '' });
    assert.deepEqual(restored, { NODE_OPTIONS: '--import ./hook.mjs', NODE_ENV: 'test' });
  });

  it('in VS Code makes a Node of its program, and leaves no trace of that', () => {
    const { env, restored } = launcherEnvironment(launch, {}, true);
    assert.equal(env['ELECTRON_RUN_AS_NODE'], '1');
    assert.equal(restored['ELECTRON_RUN_AS_NODE'], null);
  });
});
