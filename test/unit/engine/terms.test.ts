import assert from 'node:assert/strict';
import type { Mechanism } from '../../../src/cages/cage.ts';
import { all } from '../../../src/cages/powers.ts';
import type { SettingsLayer } from '../../../src/config/settings.ts';
import { termsOf } from '../../../src/engine/terms.ts';
import type { Framework } from '../../../src/frameworks/framework.ts';
import type { Project, TestInfo } from '../../../src/protocol/tests.ts';

const file = '/w/a.js';
const tests = ['tame', 'wild @oom', 'tame too', 'wilder @oom'].map((title, ordinal): TestInfo => ({
  framework: 'any',
  file,
  titlePath: [title],
  ordinal,
  key: title,
}));
const tagged: SettingsLayer = { destructive: [{ tags: ['@oom'], preset: 'oom' }], 'destructive.allow': true };

function termsUnder(layer: SettingsLayer, smallestUnit: 'file' | 'test' = 'test', chosen = tests) {
  const terms = termsOf(chosen, {
    known: tests,
    layers: [layer],
    // Only what the terms are made of.
    project: { folder: { name: 'w', path: '/w' } } as Project,
    framework: { smallestUnit } as Framework,
    mechanism: { label: 'a cage', powers: all } as Mechanism,
    file,
  });
  return terms.map(({ tests: together, limits, refused }) => ({
    tests: together.map(({ titlePath }) => titlePath[0]),
    processes: limits.processes,
    refused: refused !== null,
  }));
}

describe('the terms that tests run under', () => {
  const tame = { processes: 512, refused: false };
  const wild = { processes: 100, refused: false };

  it('are those of each test where each has a cage of its own', () => {
    assert.deepEqual(termsUnder(tagged), [
      { tests: ['tame'], ...tame },
      { tests: ['wild @oom'], ...wild },
      { tests: ['tame too'], ...tame },
      { tests: ['wilder @oom'], ...wild },
    ]);
  });

  it('set apart what would share the cage of a file', () => {
    assert.deepEqual(termsUnder({ ...tagged, isolation: 'file' }), [
      { tests: ['tame', 'tame too'], ...tame },
      { tests: ['wild @oom', 'wilder @oom'], ...wild },
    ]);
    assert.deepEqual(termsUnder({ isolation: 'file' }), [{ tests: tests.map(({ key }) => key), ...tame }]);
  });

  it('are the strictest of all where a framework runs only whole files', () => {
    const whole = tests.map(({ key }) => key);
    assert.deepEqual(termsUnder(tagged, 'file'), [{ tests: whole, ...wild }]);
    assert.deepEqual(termsUnder({ ...tagged, 'destructive.allow': false }, 'file'), [
      { tests: whole, processes: 100, refused: true },
    ]);
    // The one that was chosen brings the others with it.
    assert.deepEqual(termsUnder(tagged, 'file', tests.slice(0, 1)), [{ tests: ['tame'], ...wild }]);
  });

  it('refuse only whom they are written for', () => {
    const refused = termsUnder({ ...tagged, 'destructive.allow': false }).filter(each => each.refused);
    assert.deepEqual(
      refused.map(each => each.tests),
      [['wild @oom'], ['wilder @oom']],
    );
  });
});
