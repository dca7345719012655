import assert from 'node:assert/strict';
import { type Bed, errorsOf, openBed } from './bed.ts';
import { newestLine } from './versions.ts';

/** What the engine will have to judge: the events and the end of the process are all that it gets. */
describe('what is heard of a test that', function () {
  this.timeout(60_000);
  let bed: Bed;
  let root: string;

  before(async function () {
    this.timeout(180_000);
    bed = await openBed();
    root = bed.project('mocha-misbehaving', newestLine);
  });

  after(() => bed?.remove());

  for (const [title, events, ending] of [
    ['passes', 'hello start end bye', 0],
    ['fails an assertion', 'hello start end bye', 0],
    ['exits with 0', 'hello start', 0],
    ['exits with 3', 'hello start', 3],
    ['dies of SIGSEGV', 'hello start', 'SIGSEGV'],
    ['throws when it is over', 'hello start end left bye error', 7],
  ] as const) {
    it(title, async function () {
      if (typeof ending === 'string' && process.platform === 'win32') this.skip();
      const order = [{ path: ['misbehaving', title], ordinal: 0 }];
      const outcome = await bed.run(root, 'test/misbehaving.js', order);
      assert.equal(outcome.events.map(event => event.t).join(' '), events);
      assert.equal(outcome.code ?? outcome.signal, ending);
      if (title === 'throws when it is over') {
        assert.equal(errorsOf(outcome)[0]?.failure.text, 'After the test had ended: thrown after the test had passed');
      }
    });
  }
});
