import assert from 'node:assert/strict';
import { nearest } from '../../../src/config/nearest.ts';

describe('the word that was meant', () => {
  const known = ['memory', 'swap', 'timeout', 'memoryBudget', 'skipCodes'];
  for (const [typed, meant] of [
    ['memroy', 'memory'],
    ['Memory', 'memory'],
    ['time-out', 'timeout'],
    ['timeoutMs', 'timeout'],
    ['mem', 'memory'],
    ['skip_codes', 'skipCodes'],
    ['memorybudgets', 'memoryBudget'],
    ['colour', null],
    ['', null],
    ['x', null],
    ['x'.repeat(100_000), null],
  ] as const) {
    it(`of "${typed.slice(0, 20)}" is ${meant}`, () => assert.equal(nearest(typed, known), meant));
  }
});
