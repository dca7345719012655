import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bed, endOf, endsOf, errorsOf, openBed, saidBye } from './bed.ts';
import { mochaLines } from './versions.ts';

/** What a configuration asks for must hold when one file runs alone. */
for (const line of mochaLines) {
  describe(`the configuration of ${line}`, function () {
    this.timeout(60_000);
    let bed: Bed;

    before(async function () {
      this.timeout(180_000);
      bed = await openBed();
    });

    after(() => bed?.remove());

    it('gives the interface, the time-out and the retries', async () => {
      const files = {
        'package.json': '{ "mocha": { "ui": "tdd", "timeout": "50ms", "retries": 1, "spec": "elsewhere/*.js" } }',
        'test/a.js': "suite('s', () => { test('slow', done => { setTimeout(done, 1000); }); });",
      };
      const { failures, retries } = endOf(await bed.run(bed.write(files, line), 'test/a.js'), 'slow');
      assert.match(failures?.[0]?.text ?? '', /Timeout of 50ms/);
      assert.equal(retries, 1);
    });

    it('may come from MOCHA_OPTIONS', async function () {
      // Mocha 9 takes no notice of it.
      if (line === 'mocha9') this.skip();
      const root = bed.write({ 'test/a.js': "it('fails', () => { throw new Error('no'); });" }, line);
      const outcome = await bed.run(root, 'test/a.js', undefined, { MOCHA_OPTIONS: '--retries 2' });
      assert.equal(endOf(outcome, 'fails').retries, 2);
    });

    it('does not bring in other files by its spec, nor another reporter', async () => {
      const files = {
        '.mocharc.js': "module.exports = { spec: ['test/*.js'], reporter: 'json', parallel: true, watch: true };",
        'test/a.js': "it('a', () => {});",
        'test/b.js': "it('b', () => {});",
      };
      const outcome = await bed.run(bed.write(files, line), 'test/b.js');
      assert.deepEqual(endsOf(outcome), ['b: passed']);
      assert.equal(outcome.stdout, '');
    });

    it('skips, with the reason, what its grep excludes', async () => {
      const files = { '.mocharc.yaml': 'grep: fast', 'test/a.js': "it('fast', () => {}); it('slow', () => {});" };
      const root = bed.write(files, line);
      const outcome = await bed.run(root, 'test/a.js', [{ path: ['slow'], ordinal: 0 }]);
      assert.deepEqual(endsOf(outcome), ['slow: skipped']);
      assert.match(endOf(outcome, 'slow').reason ?? '', /grep/);
      assert.ok(saidBye(outcome));
    });

    it('stops after the first failure, and says so of the rest', async () => {
      const files = {
        '.mocharc.json': '{ "bail": true }',
        'test/a.js':
          "it('a', () => {}); it('b', () => { throw new Error('no'); }); describe('s', () => it('c', () => {}));",
      };
      const outcome = await bed.run(bed.write(files, line), 'test/a.js');
      assert.deepEqual(endsOf(outcome), ['a: passed', 'b: failed', 's › c: skipped']);
      assert.match(endOf(outcome, 'c').reason ?? '', /bail/);
    });

    it('waits for tests that are defined later', async () => {
      const files = {
        '.mocharc.json': '{ "delay": true }',
        'test/a.js': "setTimeout(() => { it('a', () => {}); it('b', () => {}); run(); }, 20);",
      };
      const root = bed.write(files, line);
      const { tests } = await bed.discover(root, 'test/a.js');
      assert.deepEqual(
        tests.map(test => `${test.titlePath.join()} ${test.line}`),
        ['a 1', 'b 1'],
      );
      assert.deepEqual(endsOf(await bed.run(root, 'test/a.js', [{ path: ['b'], ordinal: 0 }])), ['b: passed']);
    });

    it('exits although something would keep the process alive', async () => {
      const files = {
        '.mocharc.json': '{ "exit": true }',
        'test/a.js': "it('a', () => { setInterval(() => {}, 1000); });",
      };
      const outcome = await bed.run(bed.write(files, line), 'test/a.js');
      assert.deepEqual([endsOf(outcome), saidBye(outcome), outcome.code], [['a: passed'], true, 0]);
    });

    for (const [when, phase] of [
      ['Setup', 'hook'],
      ['Teardown', 'teardown'],
    ] as const) {
      it(`does not swallow the failure of a global ${when.toLowerCase()}`, async () => {
        const files = {
          '.mocharc.json': '{ "require": ["./fixtures.js"] }',
          'fixtures.js': `exports.mochaGlobal${when} = async () => { throw new Error('no database'); };`,
          'test/a.js': "it('a', () => {});",
        };
        const outcome = await bed.run(bed.write(files, line), 'test/a.js');
        const [error] = errorsOf(outcome);
        assert.equal(error?.phase, phase);
        assert.equal(error.failure.text, `The global ${when.toLowerCase()} failed: no database`);
        assert.deepEqual(endsOf(outcome), when === 'Setup' ? [] : ['a: passed']);
      });
    }

    it('starts Node with its flags, at once when they are known and a second time when not', async () => {
      const files = {
        'package.json': '{ "mocha": { "v8-stack-size": 900, "expose-gc": true } }',
        'test/a.js': `it('a', () => {
          require('fs').writeFileSync('flags.json', JSON.stringify([typeof gc, process.execArgv, process.ppid]));
        });`,
      };
      const root = bed.write(files, line);
      const flags = async () => {
        const outcome = await bed.run(root, 'test/a.js');
        assert.deepEqual([endsOf(outcome), saidBye(outcome), outcome.code], [['a: passed'], true, 0]);
        return JSON.parse(readFileSync(join(root, 'flags.json'), 'utf8')) as [string, string[], number];
      };
      const unknown = await flags();
      assert.deepEqual(unknown.slice(0, 2), ['function', ['--stack-size=900', '--expose-gc']]);
      assert.notEqual(unknown[2], process.pid, 'a first process started the second');
      await bed.detect(root);
      assert.deepEqual(await flags(), [unknown[0], unknown[1], process.pid]);
    });

    it('ends as the second Node ends', async () => {
      const files = {
        '.mocharc.json': '{ "node-option": ["expose-gc"] }',
        'test/a.js': `
          it('exits', () => process.exit(42));
          it('dies', () => { process.kill(process.pid, 'SIGSEGV'); return new Promise(() => setInterval(() => {}, 1000)); });
          it('is terminated', () => { process.kill(process.ppid, 'SIGTERM'); return new Promise(() => setInterval(() => {}, 1000)); });`,
      };
      const root = bed.write(files, line);
      const ending = async (title: string) => {
        const { code, signal, events } = await bed.run(root, 'test/a.js', [{ path: [title], ordinal: 0 }]);
        assert.deepEqual(
          events.map(event => event.t),
          ['hello', 'start'],
        );
        return code ?? signal;
      };
      assert.equal(await ending('exits'), 42);
      if (process.platform === 'win32') return;
      assert.equal(await ending('dies'), 'SIGSEGV');
      assert.equal(await ending('is terminated'), 'SIGTERM');
    });
  });
}
