import assert from 'node:assert/strict';
import { OutputBudget, outputLimits, terminalText } from '../../../src/editor/output.ts';

const mebibyte = 'x'.repeat(1024 ** 2);

describe('output budget', () => {
  it('passes on what fits', () => {
    const budget = new OutputBudget();
    assert.equal(budget.take('a', 'one'), 'one');
    assert.equal(budget.take('a', 'two'), 'two');
  });

  it('says once that a test has more, then nothing of it', () => {
    const budget = new OutputBudget();
    const shown = budget.take('a', `${mebibyte}y`);
    assert.equal(shown, `${mebibyte}\n[More output of this test is not shown here.]\n`);
    assert.equal(budget.take('a', 'more'), '');
    assert.equal(budget.take('b', 'mine'), 'mine');
  });

  it('holds a whole run within its limit', () => {
    const budget = new OutputBudget();
    let shown = 0;
    for (let index = 0; index < 40; index++) shown += budget.take(`t${index}`, mebibyte).length;
    assert.ok(shown < outputLimits.perRun + 40 * 60);
    assert.equal(budget.take('last', 'words'), '');
  });
});

describe('text for the terminal', () => {
  it('returns the carriage before each new line, and never twice', () => {
    assert.equal(terminalText('a\nb\r\nc'), 'a\r\nb\r\nc');
  });
});
