import assert from 'node:assert/strict';
import { Pace } from '../../../src/panel/pace.ts';

/** A clock that only moves when told to. */
class HandClock {
  time = 0;
  shown = true;
  #actions: { at: number; action: () => void }[] = [];
  now = () => this.time;
  visible = () => this.shown;
  later = (action: () => void, ms: number) => void this.#actions.push({ at: this.time + ms, action });

  goTo(time: number): void {
    for (let next = this.#next(time); next; next = this.#next(time)) {
      this.time = next.at;
      this.#actions = this.#actions.filter(each => each !== next);
      next.action();
    }
    this.time = time;
  }

  drawn = (action: () => void) => this.later(action, 20);

  #next(time: number) {
    return this.#actions.filter(({ at }) => at <= time).sort((a, b) => a.at - b.at)[0];
  }
}

describe('the pace of painting', () => {
  const paced = () => {
    const clock = new HandClock();
    const paints: number[] = [];
    return { clock, paints, pace: new Pace(500, clock, () => paints.push(clock.time)) };
  };

  it('paints a flood twice a second, its last piece included', () => {
    const { clock, paints, pace } = paced();
    for (let time = 0; time <= 2000; time += 10) {
      clock.goTo(time);
      pace.request();
    }
    clock.goTo(5000);
    assert.deepEqual(paints, [16, 516, 1016, 1516, 2016]);
  });

  it('paints nothing while nobody looks, and everything when they look again', () => {
    const { clock, paints, pace } = paced();
    clock.shown = false;
    pace.request();
    clock.goTo(3000);
    assert.deepEqual(paints, []);
    clock.shown = true;
    pace.shown();
    assert.deepEqual(paints, [3000]);
    pace.shown();
    assert.equal(paints.length, 1);
  });

  it('waits with a paint that was due when the panel was hidden', () => {
    const { clock, paints, pace } = paced();
    pace.request();
    clock.shown = false;
    clock.goTo(1000);
    assert.deepEqual(paints, []);
    clock.shown = true;
    pace.shown();
    assert.deepEqual(paints, [1000]);
  });

  it('shows the first rows at once, and the rest of a flood in its turn', () => {
    const { clock, paints, pace } = paced();
    pace.first();
    assert.deepEqual(paints, [0]);
    for (let time = 0; time <= 600; time += 10) {
      clock.goTo(time);
      pace.request();
    }
    clock.goTo(5000);
    assert.deepEqual(paints, [0, 500, 1000]);
  });

  it('lets the first rows be drawn before it shows that the run is over', () => {
    const { clock, paints, pace } = paced();
    pace.first();
    pace.request();
    pace.soon();
    assert.deepEqual(paints, [0]);
    clock.goTo(5000);
    assert.deepEqual(paints, [0, 20]);
  });

  it('keeps the first rows and the end of a run for when somebody looks', () => {
    const { clock, paints, pace } = paced();
    clock.shown = false;
    pace.first();
    pace.soon();
    clock.goTo(1000);
    assert.deepEqual(paints, []);
    clock.shown = true;
    pace.shown();
    assert.deepEqual(paints, [1000]);
    clock.goTo(5000);
    assert.equal(paints.length, 1);
  });

  it('does not make the user wait', () => {
    const { clock, paints, pace } = paced();
    pace.request();
    clock.goTo(100);
    pace.request();
    pace.now();
    assert.deepEqual(paints, [16, 100]);
    clock.goTo(5000);
    assert.deepEqual(paints, [16, 100]);
  });
});
