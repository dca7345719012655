import assert from 'node:assert/strict';
import { StartUps } from '../../../src/engine/start-ups.ts';
import type { Unit, UnitOutcome } from '../../../src/engine/unit.ts';

/** What a cage needs to be counted; nothing else of it is looked at. */
function unit({
  name = 'pytest',
  file = 'a.py',
  tests = 1,
  ...framework
}: Record<string, unknown> & { tests?: number }) {
  return {
    project: {},
    framework: { name, reporting: 'events', ...framework },
    tests: Array.from({ length: tests }, () => ({ file })),
  } as unknown as Unit;
}

function outcome(wallMs: number, testMs: number, stop: unknown = null): UnitOutcome {
  return { evidence: { wallMs, stop }, tests: [{ durationMs: testMs }] } as unknown as UnitOutcome;
}

function hintsAfter(cages: number, each: Unit, came: UnitOutcome, isolation: 'test' | 'file' = 'test') {
  const startUps = new StartUps();
  for (let i = 0; i < cages; i++) startUps.note(each, isolation, came);
  return startUps.hints();
}

describe('what starting a framework for each test costs', () => {
  it('is told with its numbers, and with what would cost less', () => {
    const [hint, ...more] = hintsAfter(736, unit({}), outcome(1000, 5));
    assert.deepEqual(more, []);
    assert.equal(hint?.severity, 'hint');
    assert.equal(
      hint?.message,
      'pytest was started 736 times, once for each test; starting and ending it took 12 min 12 s of the 12 min 16 s that ' +
        'these tests spent in their cages.',
    );
    assert.match(hint?.fix ?? '', /"isolation": "adaptive" it is started once for each file, 1 times here/);
  });

  it('is told of each framework by itself', () => {
    const startUps = new StartUps();
    for (let i = 0; i < 100; i++) {
      startUps.note(unit({ name: 'jest' }), 'test', outcome(2000, 1));
      startUps.note(unit({ name: 'mocha' }), 'test', outcome(100, 1));
    }
    assert.deepEqual(
      startUps.hints().map(({ message }) => message.split(' ')[0]),
      ['jest'],
    );
  });

  it('is not told where it is small, or where the tests take longer', () => {
    assert.deepEqual(hintsAfter(50, unit({}), outcome(1000, 5)), []);
    assert.deepEqual(hintsAfter(736, unit({}), outcome(1000, 300)), []);
  });

  it('is not told where sharing a cage would save nothing', () => {
    const startUps = new StartUps();
    for (let i = 0; i < 300; i++) startUps.note(unit({ file: `${i % 100}.py` }), 'test', outcome(1000, 5));
    assert.deepEqual(startUps.hints(), []);
  });

  it('is not told where cages are shared, or cannot be', () => {
    const came = outcome(1000, 5);
    assert.deepEqual(hintsAfter(736, unit({}), came, 'file'), []);
    assert.deepEqual(hintsAfter(736, unit({ tests: 2 }), came), []);
    assert.deepEqual(hintsAfter(736, unit({ reporting: 'exit-code' }), came), []);
    assert.deepEqual(hintsAfter(736, unit({ smallestUnit: 'file' }), came), []);
    assert.deepEqual(hintsAfter(736, unit({ mayShare: () => false }), came), []);
  });

  it('does not count a cage that was ended for a reason', () => {
    assert.deepEqual(hintsAfter(736, unit({}), outcome(30_000, 5, { kind: 'timeout' })), []);
  });
});
