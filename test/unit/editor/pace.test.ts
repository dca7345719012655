import assert from 'node:assert/strict';
import { type Clock, Pace, paceLimits, type PaceSink } from '../../../src/editor/pace.ts';
import { recordOf, testOf } from './records.ts';

describe('pace of run events', () => {
  it('drops a "running" state whose result comes before it was worth showing', async () => {
    const { pace, clock, told } = paced();
    pace.started('a');
    clock.advance(paceLimits.holdMs - 1);
    pace.ended(recordOf('a'));
    clock.advance(1000);
    await settled(pace, clock);
    assert.deepEqual(told, ['ended a 5']);
  });

  it('shows a "running" state once it has lasted', async () => {
    const { pace, clock, told } = paced();
    pace.started('a');
    clock.advance(paceLimits.holdMs);
    pace.ended(recordOf('a'));
    await settled(pace, clock);
    assert.deepEqual(told, ['started a', 'ended a 5']);
  });

  it('shows each of several "running" states at its own time', () => {
    const { pace, clock, told } = paced();
    pace.started('a');
    clock.advance(100);
    pace.started('b');
    clock.advance(paceLimits.holdMs - 100);
    assert.deepEqual(told, ['started a']);
    clock.advance(100);
    assert.deepEqual(told, ['started a', 'started b']);
  });

  it('keeps the order of plan, output and result', async () => {
    const { pace, clock, told } = paced();
    pace.planned([testOf('a')]);
    pace.output('a', 'hello');
    pace.ended(recordOf('a'));
    await settled(pace, clock);
    assert.deepEqual(told, ['enqueued a', 'output a hello', 'ended a 5']);
  });

  it('says no more than its share in one turn of the event loop', () => {
    const { pace, clock, told } = paced();
    pace.planned(tests(paceLimits.perTurn * 2 + 1));
    const perTurn = [1, 2, 3].map(() => {
      const before = told.length;
      clock.turn();
      return told.length - before;
    });
    assert.deepEqual(perTurn, [paceLimits.perTurn, paceLimits.perTurn, 1]);
  });

  it('gives every duration of a small run and only slow ones of a large run', async () => {
    for (const [count, expected] of [
      [paceLimits.largeRun, ['ended quick 5', 'ended slow 100']],
      [paceLimits.largeRun + 1, ['ended quick undefined', 'ended slow 100']],
    ] as const) {
      const { pace, clock, told } = paced();
      pace.planned(tests(count));
      pace.ended(recordOf('quick', { durationMs: 5 }));
      pace.ended(recordOf('slow', { durationMs: paceLimits.slowTestMs }));
      await settled(pace, clock);
      assert.deepEqual(told.slice(-2), expected);
    }
  });

  it('bounds durations and "running" states of a large run, whatever its tests are like', async () => {
    const { pace, clock, told } = paced();
    const all = tests(3000);
    pace.planned(all);
    for (const { key } of all) pace.started(key);
    clock.advance(paceLimits.holdMs);
    for (const { key } of all) pace.ended(recordOf(key, { durationMs: 900 }));
    await settled(pace, clock);
    assert.equal(told.filter(line => line.startsWith('started')).length, paceLimits.started);
    assert.equal(told.filter(line => line.endsWith(' 900')).length, paceLimits.durations);
    assert.equal(told.filter(line => line.startsWith('ended')).length, all.length);
  });

  it('is drained only when everything has been told, and shows no "running" state afterwards', async () => {
    const { pace, clock, told } = paced();
    pace.planned(tests(paceLimits.perTurn + 1));
    pace.started('left');
    let drained = false;
    const done = pace.drained().then(() => (drained = true));
    clock.turn();
    await Promise.resolve();
    assert.equal(drained, false);
    clock.turn();
    await done;
    clock.advance(10_000);
    assert.equal(told.includes('started left'), false);
  });

  it('is drained at once when there is nothing to say', async () => {
    await paced().pace.drained();
  });
});

class FakeClock implements Clock {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];
  #soon: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter(other => other !== timer));
  }

  soon(callback: () => void): void {
    this.#soon.push(callback);
  }

  turn(): void {
    const due = this.#soon;
    this.#soon = [];
    for (const callback of due) callback();
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#now = next.at;
      this.#timers = this.#timers.filter(timer => timer !== next);
      next.callback();
    }
    this.#now = end;
    this.turn();
  }

  get idle(): boolean {
    return this.#soon.length === 0;
  }
}

function paced() {
  const told: string[] = [];
  const sink: PaceSink = {
    enqueued: test => told.push(`enqueued ${test.key}`),
    started: key => told.push(`started ${key}`),
    output: (key, text) => told.push(`output ${key} ${text}`),
    ended: (record, durationMs) => told.push(`ended ${record.test.key} ${durationMs}`),
  };
  const clock = new FakeClock();
  return { pace: new Pace(clock, sink), clock, told };
}

async function settled(pace: Pace, clock: FakeClock): Promise<void> {
  const drained = pace.drained();
  while (!clock.idle) clock.turn();
  await drained;
}

function tests(count: number) {
  return Array.from({ length: count }, (_, index) => testOf(`t${index}`));
}
