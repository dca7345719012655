import assert from 'node:assert/strict';
import type { CagedProcess } from '../../../src/engine/caged-process.ts';
import type { EndReason } from '../../../src/engine/evidence.ts';
import { Errand } from '../../../src/engine/errand.ts';

/** Stands for a process in its cage, which ends when it is stopped. */
function tool() {
  const stops: EndReason['kind'][] = [];
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const caged = {
    finished: promise,
    stop: (reason: EndReason) => {
      stops.push(reason.kind);
      resolve({ survivors: [] });
      return Promise.resolve();
    },
  };
  return { stops, end: () => resolve({ survivors: [] }), caged: caged as unknown as CagedProcess };
}

describe('what a run wants built and listed', () => {
  it('ends with it, and what another run wants goes on', async () => {
    const [own, others] = [tool(), tool()];
    const [errand, other] = [new Errand(), new Errand()];
    errand.enter(own.caged);
    other.enter(others.caged);
    assert.deepEqual(await errand.end(), []);
    assert.deepEqual([own.stops, others.stops], [['cancelled'], []]);
  });

  it('ends as it appears when a framework takes its next step after the end', async () => {
    const errand = new Errand();
    await errand.end();
    const late = tool();
    errand.enter(late.caged);
    assert.deepEqual(late.stops, ['cancelled']);
  });

  it('is not stopped when it has ended by itself', async () => {
    const errand = new Errand();
    const ended = tool();
    errand.enter(ended.caged);
    ended.end();
    await new Promise(setImmediate);
    await errand.end();
    assert.deepEqual(ended.stops, []);
  });
});
