import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { OpenHandles } from '../../../../src/frameworks/inside/open-handles.ts';

interface Named {
  readonly name: string;
}

describe('what tests leave open', () => {
  let handles: OpenHandles<Named>;
  let open: NodeJS.Timeout[];
  beforeEach(() => {
    handles = new OpenHandles();
    open = [];
  });
  afterEach(() => open.forEach(clearInterval));

  async function test(name: string, body: () => unknown): Promise<void> {
    const it = { name };
    // At the first wait of a test, mocha sets the timer of its own limit, which would be among them.
    await new Promise(setImmediate);
    handles.before(it);
    await body();
    handles.after(it);
  }
  const leave = (ms = 60_000) => void open.push(setInterval(() => undefined, ms));
  const told = () => Object.fromEntries([...handles.left()].map(([{ name }, what]) => [name, what.join()]));

  it('is told of each, as long as it is there', async () => {
    await test('leaves none', () => sleep(1));
    await test('leaves two', () => [leave(), leave()]);
    await test('leaves one', () => leave());
    assert.deepEqual(told(), { 'leaves two': '2 × Timeout', 'leaves one': 'Timeout' });
    clearInterval(open[0]);
    assert.deepEqual(told(), { 'leaves two': 'Timeout', 'leaves one': 'Timeout' });
    open.forEach(clearInterval);
    assert.deepEqual(told(), {});
  });

  it('is not told of a test whose timer has ended, where a later one left another', async () => {
    await test('leaves a short one', () => void open.push(setTimeout(() => undefined, 20)));
    await test('leaves a long one', () => leave());
    await test('takes its time', () => sleep(60));
    assert.deepEqual(told(), { 'leaves a long one': 'Timeout' });
  });

  it('is told of the one that began it, where a timer begins the next', async () => {
    const again = () => (open[0] = setTimeout(again, 5));
    await test('begins it', again);
    await test('leaves a short one', () => void open.push(setTimeout(() => undefined, 10)));
    await test('takes its time', () => sleep(60));
    await test('comes last', () => sleep(20));
    assert.equal(told()['begins it'], 'Timeout');
    assert.equal(told()['takes its time'] ?? told()['comes last'], undefined);
  });

  it('counts what tests leave that run beside each other', async () => {
    await Promise.all([
      test('one', async () => {
        await sleep(5);
        leave();
        await sleep(20);
      }),
      test('other', async () => {
        leave();
        await sleep(10);
      }),
    ]);
    assert.deepEqual(Object.keys(told()).toSorted(), ['one', 'other']);
  });
});
