import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { Mechanism } from '../../src/cages/cage.ts';
import { openMechanism } from '../../src/cages/detect.ts';
import { findKeeper } from '../../src/cages/find-keeper.ts';
import { limitsOf } from '../../src/config/resolve.ts';
import { defaults } from '../../src/config/settings.ts';
import { CagedProcess } from '../../src/engine/caged-process.ts';

const MiB = 1024 ** 2;
const limits = { ...limitsOf(defaults), memoryBytes: 128 * MiB, swapBytes: 0, processes: 8 };

describe('a job object', function () {
  this.timeout(120_000);
  let mechanism: Mechanism;

  before(async function () {
    if (process.platform !== 'win32') {
      console.log('      skipped: job objects are a part of Windows');
      return this.skip(); // for the reason just printed
    }
    mechanism = await openMechanism('job-object', await findKeeper(resolve(import.meta.dirname, '../../dist')));
  });

  async function run(script: string) {
    const caged = new CagedProcess({
      id: randomUUID(),
      mechanism,
      launch: { file: process.execPath, args: ['-e', script], cwd: tmpdir(), env: {} },
      limits,
      onEvent: () => {},
      onOutput: () => {},
      onStop: () => {},
    });
    const timer = setTimeout(() => void caged.stop({ kind: 'timeout', limit: 'test', ms: 30_000 }), 30_000);
    const evidence = await caged.finished;
    clearTimeout(timer);
    return { ...evidence, output: caged.output.result().text };
  }

  it('shows all that is claimed of it', () => {
    const levels = Object.entries(mechanism.properties).map(([name, { level }]) => `${name} ${level}`);
    assert.deepEqual(
      levels,
      ['memory', 'processes', 'cleanup', 'peak', 'cpu'].map(name => `${name} enforced`),
    );
  });

  it('refuses memory above the cap, counts it, and charges nothing of the launcher', async () => {
    const quiet = await run('0');
    assert.ok(quiet.peakMemoryBytes! < 100 * MiB, `an empty program has a peak of ${quiet.peakMemoryBytes}`);
    const hog = await run(
      'const held = []; for (let i = 0; i < 64; i++) held.push(Buffer.alloc(4 << 20, 1)); console.log("had it all")',
    );
    assert.ok(hog.refusedMemory! > 0, 'the kernel noted no refusal');
    assert.ok(hog.peakMemoryBytes! <= limits.memoryBytes, `peak of ${hog.peakMemoryBytes}`);
    assert.doesNotMatch(hog.output, /had it all/);
  });

  it('counts the CPU time of everything in it', async () => {
    const busy = 'const end = Date.now() + 500; while (Date.now() < end);';
    const { cpuMs } = await run(
      `require("child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(busy)}])`,
    );
    assert.ok(cpuMs! >= 400, `${cpuMs} ms`);
  });

  it('refuses processes above the limit', async () => {
    const many =
      'for (let i = 0; i < 12; i++) require("child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 2000)"]).on("error", () => {});';
    const { maxProcesses, refusedProcesses } = await run(many);
    assert.ok(maxProcesses <= limits.processes, `${maxProcesses} at once`);
    assert.ok(refusedProcesses! > 0, 'the kernel noted no refusal');
  });

  it('ends what a program leaves, and tells of it', async () => {
    const { exit, leftovers, survivors } = await run(
      'require("child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { detached: true, stdio: "ignore" }).once("spawn", () => process.exit(0))',
    );
    assert.deepEqual([exit, leftovers.length, survivors], [{ code: 0, signal: null }, 1, []]);
    assert.match(leftovers[0]!.command, /setTimeout/);
  });
});
