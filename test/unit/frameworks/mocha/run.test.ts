import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bed, endOf, endsOf, errorsOf, openBed, saidBye } from './bed.ts';
import { mochaLines } from './versions.ts';

for (const line of mochaLines) {
  describe(`running with ${line}`, function () {
    this.timeout(60_000);
    let bed: Bed;
    let cjs: string;

    before(async function () {
      this.timeout(180_000);
      bed = await openBed();
      cjs = bed.project('mocha-cjs', line);
    });

    after(() => bed?.remove());

    it('tells what became of each test of a file', async () => {
      const outcome = await bed.run(cjs, 'test/outcomes.test.js');
      assert.deepEqual(endsOf(outcome), [
        'outcomes › passes: passed',
        'outcomes › fails with a comparison: failed',
        'outcomes › fails with a cause: failed',
        'outcomes › throws a string: failed',
        'outcomes › hides what it throws: failed',
        'outcomes › is pending: skipped',
        'outcomes › is skipped: skipped',
        'outcomes › skips itself: skipped',
        'outcomes › times out: failed',
        'outcomes › calls done twice: passed',
        'outcomes › knows the root hook and the preloaded file: passed',
        'outcomes › passes at the third attempt: passed',
        'outcomes › fails at every attempt: failed',
      ]);
      assert.equal(endOf(outcome, 'passes at the third attempt').retries, 2);
      assert.equal(endOf(outcome, 'fails at every attempt').retries, 1);
      assert.match(endOf(outcome, 'times out').failures?.[0]?.text ?? '', /Timeout of 400ms/);
      const [late, ...others] = errorsOf(outcome);
      assert.equal(late?.phase, 'teardown');
      assert.match(late.failure.text, /^After "calls done twice" had ended: done\(\) called multiple times/);
      assert.deepEqual(others, []);
      const [hello, ...rest] = outcome.events;
      assert.ok(hello?.t === 'hello' && hello.framework === 'mocha' && line.endsWith(hello.version.split('.')[0]!));
      assert.equal(rest.at(-1)?.t, 'bye');
      assert.deepEqual(
        outcome.events.map(event => event.s),
        outcome.events.map((_, index) => index),
      );
      assert.equal(outcome.code, 0, 'the code speaks only of what happens after the last word');
    });

    it('says each start once, retries or not', async () => {
      const { events } = await bed.run(cjs, 'test/outcomes.test.js', [
        { path: ['outcomes', 'passes at the third attempt'], ordinal: 0 },
      ]);
      assert.deepEqual(
        events.map(event => event.t),
        ['hello', 'start', 'end', 'bye'],
      );
    });

    it('shows expected and actual as mocha would, and where it failed', async () => {
      const outcome = await bed.run(cjs, 'test/outcomes.test.js', [
        { path: ['outcomes', 'fails with a comparison'], ordinal: 0 },
        { path: ['outcomes', 'fails with a cause'], ordinal: 0 },
      ]);
      const compared = endOf(outcome, 'fails with a comparison').failures?.[0];
      assert.equal(compared?.expected, '{\n  "list": [\n    1\n    2\n  ]\n  "name": "expected"\n}');
      assert.equal(compared.actual, '{\n  "list": [\n    1\n    2\n  ]\n  "name": "actual"\n}');
      assert.equal(compared.file, join(cjs, 'test/outcomes.test.js'));
      assert.deepEqual([compared.line, compared.column], [7, 12]);
      const caused = endOf(outcome, 'fails with a cause').failures?.[0];
      assert.equal(caused?.text, 'TypeError: outer');
      assert.match(caused.stack ?? '', /Caused by: Error: inner/);
      assert.ok(caused.stack?.includes(`(${cjs}`), 'paths stay absolute');
      assert.doesNotMatch(caused.stack ?? '', /node:|mocha-versions/);
      assert.equal(caused.expected, undefined);
    });

    it('runs exactly the tests that it is told, and only their hooks', async () => {
      const HOOK_LOG = join(cjs, 'hooks.log');
      const order = [{ path: ['first', 'inner', 'two'], ordinal: 1 }];
      const outcome = await bed.run(cjs, 'test/nested.test.js', order, { HOOK_LOG });
      const hooks = ['root before', 'first before', 'inner before', 'inner beforeEach', 'the other two', 'first after'];
      assert.deepEqual(readFileSync(HOOK_LOG, 'utf8').trim().split('\n'), hooks);
      assert.deepEqual(endsOf(outcome), ['first › inner › two: passed']);
      assert.equal(endOf(outcome, 'two').ordinal, 1);
    });

    it('runs a test that somebody chose although others are marked .only, and none that is part of a whole run', async () => {
      const leftOut = [{ path: ['only', 'is left out'], ordinal: 0 }];
      assert.deepEqual(endsOf(await bed.runChosen(cjs, 'test/only.test.js', leftOut)), ['only › is left out: passed']);
      const part = await bed.run(cjs, 'test/only.test.js', leftOut);
      assert.deepEqual(endsOf(part), ['only › is left out: skipped']);
      assert.match(endOf(part, 'is left out').reason ?? '', /\.only/);
    });

    it('respects .only in a whole file, and says which tests that leaves out', async () => {
      const outcome = await bed.run(cjs, 'test/only.test.js');
      assert.deepEqual(endsOf(outcome), [
        'only › is left out: skipped',
        'only › is chosen: passed',
        'a chosen suite › is in it: passed',
        'a chosen suite › is skipped in it: skipped',
      ]);
      assert.match(endOf(outcome, 'is left out').reason ?? '', /\.only/);
    });

    it('names the hook that failed and its suite, and leaves the tests that it kept from running', async () => {
      const outcome = await bed.run(cjs, 'test/hooks.test.js');
      assert.deepEqual(
        errorsOf(outcome).map(({ phase, failure }) => `${phase}: ${failure.text} (${failure.line})`),
        [
          'hook: The "before all" hook "connect" of "before" failed: no connection (3)',
          'hook: The "before each" hook of "beforeEach" failed: no fixture (10)',
          'hook: The "after all" hook "close" of "after" failed: cannot close (17)',
          'hook: The "after each" hook of "afterEach" failed: cannot clean (24)',
        ],
      );
      assert.deepEqual(endsOf(outcome), ['after › passes before it: passed', 'afterEach › passes before that: passed']);
      assert.ok(saidBye(outcome));
    });

    it('tells of an error that comes after the last test', async () => {
      const outcome = await bed.run(cjs, 'test/after-the-end.test.js');
      assert.deepEqual(endsOf(outcome), ['passes: passed']);
      const [late] = errorsOf(outcome);
      const text = 'After the test had ended: after everything';
      assert.deepEqual(
        [late?.phase, late?.path, late?.failure.text, late?.failure.line],
        ['teardown', ['passes'], text, 3],
      );
    });

    it('charges what fails late to the test that began it, whatever runs by then, and tells of rejections', async () => {
      const root = bed.write(
        {
          'package.json': '{}',
          'test/late.js': `
            const wait = done => setTimeout(done, 100);
            it('throws late', () => { setTimeout(() => { throw new Error('thrown') }, 20); });
            it('waits', wait);
            it('rejects', () => { Promise.reject(new Error('nobody cares')); });
            it('waits again', wait);
            it('fails itself', done => { setTimeout(() => { throw new Error('its own') }, 1); });
            describe('with a hook', () => { afterEach(() => { throw new Error('hook') }); it('is cleaned up after', () => {}); });
            it('leaves a server open', done => { server = require('net').createServer().listen(0, done); });
            it('is fine', () => {});
            let server;
            after(() => setTimeout(() => server.close(), 50).unref());
          `,
        },
        line,
      );
      const outcome = await bed.run(root, 'test/late.js');
      assert.deepEqual(
        errorsOf(outcome).map(({ phase, path, failure }) => `${phase} ${path?.at(-1)}: ${failure.text}`),
        [
          'teardown throws late: After the test had ended: thrown',
          'hook is cleaned up after: The "after each" hook of "with a hook" failed: hook',
        ],
      );
      assert.deepEqual(
        endsOf(outcome).filter(end => !end.endsWith('passed')),
        ['fails itself: failed'],
      );
      const told = outcome.events.flatMap(event =>
        event.t === 'unhandled'
          ? [[event.path, event.failure.text]]
          : event.t === 'left'
            ? [[event.path, event.what[0]]]
            : [],
      );
      assert.deepEqual(told, [
        [['rejects'], 'nobody cares'],
        [['leaves a server open'], 'TCPServerWrap'],
      ]);
    });

    it('is not deceived by a test that replaces what it reports with', async () => {
      const outcome = await bed.run(cjs, 'test/vandal.test.js');
      assert.deepEqual(
        outcome.events.map(event => event.t),
        ['hello', 'start', 'end', 'start', 'end', 'bye'],
      );
      assert.equal(endOf(outcome, 'is still heard of').failures?.[0]?.text, 'seen');
    });

    it('delivers what it could not say while the file system was stubbed', async () => {
      const outcome = await bed.run(cjs, 'test/stubbed-fs.test.js');
      assert.deepEqual(endsOf(outcome), [
        'with a stubbed file system › one: passed',
        'with a stubbed file system › two: passed',
      ]);
      assert.ok(saidBye(outcome));
    });

    it('keeps its variables and its pipe to itself', async () => {
      const outcome = await bed.run(cjs, 'test/environment.test.js');
      assert.deepEqual(
        outcome.events.flatMap(event => (event.t === 'end' ? (event.failures ?? []) : [])),
        [],
      );
      assert.ok(saidBye(outcome));
    });

    it('says no last word when a test exits, whatever the code', async () => {
      const outcome = await bed.run(cjs, 'test/exit.test.js');
      assert.deepEqual(
        outcome.events.map(event => event.t),
        ['hello', 'start', 'end', 'start'],
      );
      assert.equal(outcome.code, 0);
    });

    it('tells of tests that appear while others run', async () => {
      const outcome = await bed.run(cjs, 'test/dynamic.test.js');
      const found = outcome.events.flatMap(event => (event.t === 'found' ? [event.path.at(-1)] : []));
      assert.deepEqual(found, ['a test made by a hook']);
      assert.equal(endOf(outcome, 'a test made by a hook').state, 'passed');
    });

    it('finds each of several tests with the same and with the strangest titles', async () => {
      const titles = bed.project('mocha-odd-titles', line);
      const { tests, problem } = await bed.discover(titles, 'test/titles.js');
      assert.equal(problem, undefined);
      assert.equal(new Set(tests.map(test => test.key)).size, tests.length);
      const second = tests.filter(test => test.ordinal === 1);
      assert.equal(second.length, 12);
      const order = second.map(({ titlePath, ordinal }) => ({ path: titlePath, ordinal }));
      const outcome = await bed.run(titles, 'test/titles.js', order);
      const ends = outcome.events.flatMap(event => (event.t === 'end' ? [event] : []));
      assert.deepEqual(
        ends.map(({ path, ordinal }) => ({ path, ordinal })),
        order,
      );
      assert.ok(ends.every(end => end.failures?.[0]?.text.startsWith('the second of this')));
      assert.ok(ends.some(end => end.path[0] === 'half \ud83d a pair \ude00'));
      const deep = tests.filter(test => test.titlePath.length === 51);
      const one = await bed.run(titles, 'test/titles.js', [{ path: deep[0]!.titlePath, ordinal: 0 }]);
      assert.equal(endOf(one, 'deep down').state, 'passed');
    });

    it('runs modules, and keeps forbid-pending of a YAML configuration', async () => {
      const esm = bed.project('mocha-esm', line);
      const outcome = await bed.run(esm, 'test/esm.js');
      assert.deepEqual(endsOf(outcome), [
        'modules › pass: passed',
        'modules › fail: failed',
        'modules › are not pending: failed',
      ]);
      const failure = endOf(outcome, 'fail').failures?.[0];
      assert.deepEqual([failure?.expected, failure?.actual], ['a\nc', 'a\nb']);
      assert.deepEqual([failure?.file, failure?.line], [join(esm, 'test/esm.js'), 11]);
    });

    it('runs TypeScript, with the loader that the configuration gives to Node', async () => {
      const typescript = bed.project('mocha-typescript', line);
      const outcome = await bed.run(typescript, 'test/typed.ts');
      assert.deepEqual(endsOf(outcome), ['typed › passes: passed', 'typed › fails on line 18: failed']);
      const failure = endOf(outcome, 'fails on line 18').failures?.[0];
      assert.deepEqual([failure?.file, failure?.line], [join(typescript, 'test/typed.ts'), 18]);
    });

    it('tells why a file cannot be loaded', async () => {
      const broken = bed.project('mocha-broken', line);
      const outcome = await bed.run(broken, 'test/throws.js', [{ path: ['is defined before it throws'], ordinal: 0 }]);
      assert.deepEqual(
        outcome.events.map(event => event.t),
        ['hello', 'error'],
      );
      const { phase, failure } = errorsOf(outcome)[0]!;
      assert.equal(phase, 'load');
      assert.equal(failure.text, 'RangeError: thrown while loading');
      assert.deepEqual([failure.file, failure.line], [join(broken, 'test/throws.js'), 3]);
      assert.equal(outcome.code, 1);
    });
  });
}
