import assert from 'node:assert/strict';
import type { RunSummary } from '../../../src/protocol/messages.ts';
import { elapsedMs, missingText, phaseText, type RunState } from '../../../src/panel/run.ts';

describe('the run in a sentence', () => {
  const running: RunState = {
    head: { run: 'r', title: 'All tests', startedAt: 0, elapsedMs: 2000, planned: 1412, cage: null },
    receivedAt: 100,
    live: null,
    summary: null,
    lost: null,
  };
  const ended = (changes: Partial<RunSummary> = {}): RunState => ({
    ...running,
    summary: {
      run: 'r',
      planned: 1412,
      counts: {},
      leaked: 0,
      flaky: 0,
      startedAt: 0,
      durationMs: 41_300,
      cancelled: false,
      problems: [],
      journal: null,
      ...changes,
    },
  });

  it('says how far it is', () => {
    assert.equal(phaseText(running, { done: 37, failed: 0, passed: 37, ran: 37 }), 'Running: 37 of 1,412');
    assert.equal(phaseText(running, { done: 37, failed: 2, passed: 35, ran: 37 }), 'Running: 37 of 1,412, 2 failed');
  });

  it('says how it ended, and calls nothing passed that was not', () => {
    assert.equal(phaseText(ended(), { done: 1412, failed: 0, passed: 1412, ran: 1412 }), 'Finished: all 1,412 passed');
    assert.equal(
      phaseText(ended(), { done: 1412, failed: 0, passed: 1400, ran: 1400 }),
      'Finished: none of 1,412 failed',
    );
    assert.equal(phaseText(ended(), { done: 1412, failed: 3, passed: 1400, ran: 1403 }), 'Finished: 3 of 1,412 failed');
    assert.equal(
      phaseText(ended({ cancelled: true }), { done: 1412, failed: 1, passed: 9, ran: 10 }),
      'Stopped after 10 tests of 1,412, 1 failed',
    );
  });

  it('has a word for a run without tests', () => {
    const nothing = { ...ended({ planned: 0 }), head: { ...running.head, planned: 0 } };
    assert.equal(phaseText(nothing, { done: 0, failed: 0, passed: 0, ran: 0 }), 'Finished: no tests');
  });

  it('says so when a planned test has no verdict', () => {
    assert.equal(missingText(ended(), 1412), null);
    assert.equal(missingText(ended(), 1411), '1 planned test has no verdict in this report.');
    assert.equal(missingText(running, 5), null);
  });

  it("counts time by the host's clock, and stops with the run", () => {
    assert.equal(elapsedMs(running, 600), 2500);
    assert.equal(elapsedMs(ended(), 99_999), 41_300);
    assert.equal(elapsedMs({ ...running, lost: { because: '', at: 400 } }, 99_999), 2300);
  });
});
