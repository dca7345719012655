import assert from 'node:assert/strict';
import { Course } from '../../../src/engine/timeline.ts';
import { isTimeline, mostSteps } from '../../../src/protocol/timeline.ts';

const MiB = 1024 ** 2;

describe('the course of a cage', () => {
  it('has the most of each step, and the CPU time that the step took', () => {
    let cpu = 0;
    const course = new Course(1000, () => cpu);
    for (let at = 0; at <= 1000; at += 50) {
      cpu = at / 2;
      course.note(at, (at === 300 ? 90 : 40) * MiB, at === 600 ? 3 : 1);
    }
    assert.deepEqual(course.end(520), {
      version: 1,
      startedAt: 1000,
      stepMs: 250,
      memoryKiB: [40, 90, 40, 40, 40].map(each => each * 1024),
      processes: [1, 1, 3, 1, 1],
      cpuMs: [125, 125, 125, 125, 20],
    });
  });

  it('is not kept of a life of less than a second', () => {
    const course = new Course(0, () => 0);
    assert.equal(course.end(5), undefined);
    for (let at = 0; at < 750; at += 50) course.note(at, MiB, 1);
    assert.equal(course.end(5), undefined);
  });

  it('costs a day no more than a minute, and keeps its extremes', () => {
    let asked = 0;
    const course = new Course(0, () => ++asked);
    const day = 24 * 3_600_000;
    for (let at = 0; at < day; at += 5_000)
      course.note(at, (at === 3_600_000 ? 700 : 40) * MiB, at === day / 2 ? 9 : 1);
    const timeline = course.end(asked)!;
    assert.ok(isTimeline(timeline));
    const { memoryKiB, processes, cpuMs, stepMs } = timeline;
    assert.ok(memoryKiB.length > mostSteps / 2 && memoryKiB.length <= mostSteps, `${memoryKiB.length} steps`);
    assert.ok(stepMs * memoryKiB.length >= day && stepMs * (memoryKiB.length - 1) < day);
    assert.deepEqual([Math.max(...memoryKiB), Math.max(...processes)], [700 * 1024, 9]);
    assert.equal(
      cpuMs.reduce((sum, each) => sum + each, 0),
      asked,
    );
    assert.ok(asked < 10 * mostSteps, `asked for the CPU time ${asked} times`);
    assert.ok(JSON.stringify(timeline).length < 2500);
  });

  it('has no hole where the first look was late, however long it lives', () => {
    const course = new Course(0, () => 100);
    for (let at = 400; at < 2 * 250 * mostSteps; at += 50) course.note(at, 50 * MiB, 1);
    const { memoryKiB } = course.end(130)!;
    assert.deepEqual(memoryKiB, Array<number>(mostSteps).fill(50 * 1024));
  });

  it('takes a cage that nobody could look at to have been as before', () => {
    const course = new Course(0, () => 100);
    course.note(0, 50 * MiB, 2);
    course.note(1_300, 80 * MiB, 1);
    const { memoryKiB, processes, cpuMs } = course.end(130)!;
    assert.deepEqual(
      memoryKiB,
      [50, 50, 50, 50, 50, 80].map(each => each * 1024),
    );
    assert.deepEqual(processes, [2, 2, 2, 2, 2, 1]);
    assert.deepEqual(cpuMs, [100, 0, 0, 0, 0, 30]);
    const slept = new Course(0, () => 0);
    for (const at of [0, 3 * 24 * 3_600_000]) slept.note(at, MiB, 1);
    assert.ok(isTimeline(slept.end(0)));
  });

  it('claims no CPU time that nobody measures', () => {
    const course = new Course(0, () => null);
    for (let at = 0; at < 2_000; at += 50) course.note(at, MiB, 1);
    assert.deepEqual(course.end(null)?.cpuMs, []);
  });
});
