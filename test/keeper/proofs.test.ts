import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildKeeper, nativeTarget } from '../../src/cages/keeper/build.ts';
import { endEverything, Kept } from './kept.ts';
import { living, newTag, until } from './living.ts';
import { instrumented, programsOrSkip, sanitize, skip, sources } from './programs.ts';

const has = (program: string) => spawnSync(program, ['--version']).error === undefined;

if (instrumented === '') {
  describe('keeper: its own soundness', function () {
    this.timeout(600_000);
    let folder: string;
    before(function () {
      programsOrSkip(this);
      folder = mkdtempSync(join(tmpdir(), 'bulkhead-proofs-'));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));
    afterEach(endEverything);

    for (const compiler of ['gcc', 'clang', 'musl-gcc']) {
      it(`compiles without a warning (${compiler})`, function () {
        if (!has(compiler)) skip(this, `${compiler} is not installed`);
        const before = process.env['CC'];
        process.env['CC'] = compiler;
        const built = buildKeeper({ out: join(folder, compiler) });
        if (before === undefined) delete process.env['CC'];
        else process.env['CC'] = before;
        assert.ok(built.ok, built.ok ? '' : built.because);
        assert.equal(built.linked, 'static');
        assert.ok(built.bytes < (compiler === 'musl-gcc' ? 110 : 900) * 1024, `${built.bytes} bytes`);
      });
    }

    it('cross-compiles for the other Linux, and that keeper works under emulation', function () {
      const target = nativeTarget() === 'linux-arm64' ? 'linux-x64' : 'linux-arm64';
      const built = buildKeeper({ out: join(folder, target), target });
      if (!built.ok && built.because.startsWith('no C compiler')) skip(this, built.because);
      assert.ok(built.ok, built.ok ? '' : built.because);
      const emulator = target === 'linux-arm64' ? 'qemu-aarch64-static' : 'qemu-x86_64-static';
      if (!has(emulator)) skip(this, `${emulator} is not installed`);
      const run = spawnSync(emulator, [built.path, '--nofile', '99', '--', '/bin/sh', '-c', 'ulimit -n; exit 7'], {
        encoding: 'utf8',
      });
      assert.deepEqual([run.stdout, run.status], ['99\n', 7]);
    });

    it('says in a sentence that there is no compiler, and fails only when it is required', () => {
      const build = (...words: string[]) =>
        spawnSync(process.execPath, [join(sources, 'build.ts'), '--out', join(folder, 'none'), ...words], {
          encoding: 'utf8',
          env: { ...process.env, CC: 'no-such-compiler' },
        });
      assert.equal(build().status, 0);
      assert.match(
        build().stdout,
        /^(addon: .+\n)?keeper: not built, because no C compiler for .* \(tried no-such-compiler\)\. .+\n$/,
      );
      assert.equal(build('--require').status, 1);
      assert.equal(existsSync(join(folder, 'none')), false);
    });

    for (const seed of [1, 20250, 999_983]) {
      it(`parses 100,000 random inputs under sanitizers (seed ${seed})`, function () {
        const fuzz = join(folder, 'fuzz');
        const parsers = ['arguments.c', 'control.c', 'json.c', 'number.c'].map(file => join(sources, file));
        const flags = [
          '-O1',
          '-Wall',
          '-Wextra',
          '-Werror',
          '-std=gnu11',
          '-iquote',
          sources,
          ...sanitize('address,undefined'),
        ];
        const compiled = spawnSync(
          'cc',
          [...flags, join(import.meta.dirname, 'fuzz/parsers.c'), ...parsers, '-o', fuzz],
          { encoding: 'utf8' },
        );
        if (/cannot find.*lib(a|ub)san/.test(compiled.stderr)) skip(this, 'the sanitizer libraries are not installed');
        assert.equal(compiled.status, 0, compiled.stderr);
        const run = spawnSync(fuzz, [String(seed), '100000'], { encoding: 'utf8' });
        assert.equal(run.status, 0, run.stderr);
        assert.match(run.stdout, /^100000 rounds, \d{6} lines\n$/);
      });
    }

    it('passes every scenario of this folder with the address and undefined-behaviour sanitizers', function () {
      const built = buildKeeper({ out: join(folder, 'sanitized'), instrument: sanitize('address,undefined') });
      if (!built.ok && /cannot find.*lib(a|ub)san/.test(built.because))
        skip(this, 'the sanitizer libraries are not installed');
      assert.ok(built.ok, built.ok ? '' : built.because);
      const mocha = join(dirname(createRequire(import.meta.url).resolve('mocha/package.json')), 'bin/mocha.js');
      const suites = globSync('*.test.ts', { cwd: import.meta.dirname }).map(file => join(import.meta.dirname, file));
      const run = spawnSync(process.execPath, [mocha, '--no-config', '--bail', '--timeout', '60000', ...suites], {
        encoding: 'utf8',
        env: { ...process.env, KEEPER_INSTRUMENT: 'address,undefined' },
      });
      assert.equal(run.status, 0, run.stdout.slice(-6000) + run.stderr);
      assert.ok(Number(/(\d+) passing/.exec(run.stdout)?.[1]) > 150, run.stdout.slice(-300));
    });

    it('uses no memory wrongly and loses none, says valgrind', async function () {
      if (!has('valgrind')) skip(this, 'valgrind is not installed');
      const { attack } = programsOrSkip(this);
      const built = buildKeeper({ out: join(folder, 'debug'), instrument: ['-g'] });
      assert.ok(built.ok, built.ok ? '' : built.because);
      const log = join(folder, 'valgrind.log');
      const tag = newTag();
      const kept = new Kept({
        keeper: built.path,
        prefix: [
          'valgrind',
          '--leak-check=full',
          '--errors-for-leak-kinds=definite,indirect',
          '--error-exitcode=99',
          `--log-file=${log}.%p`,
        ],
        options: ['--mem', String(64 * 1024 * 1024), '--poll', '5'],
        command: [attack('orphans'), tag, '8'],
      });
      await kept.event('leader-exited');
      await until(() => kept.events.length > 100, 200);
      for (const line of ['census', 'usage', 'nonsense', 'x'.repeat(200), 'signal 18', 'term']) kept.send(`${line}\n`);
      await kept.event('signalled', 1);
      assert.equal((await kept.end())['survivors'], 0);
      const report = readFileSync(`${log}.${kept.pid}`, 'utf8');
      assert.match(report, /ERROR SUMMARY: 0 errors/, report);
      assert.deepEqual(await kept.exited, { code: 0, signal: null });
      assert.deepEqual(living(tag), []);
    });
  });
}
