import assert from 'node:assert/strict';
import { appended, firstLines, lastLines } from '../../../src/frameworks/lines.ts';

describe('what is shown of what a program printed', () => {
  const printed = Array.from({ length: 50 }, (_, index) => `line ${String(index).padStart(2, '0')}`).join('\n');

  it('is all of it where it is short', () => {
    assert.equal(lastLines(' two\nlines\n'), 'two\nlines');
    assert.equal(firstLines(' two\nlines\n'), 'two\nlines');
  });

  it('says how much is left out', () => {
    assert.equal(lastLines(printed, 2), '… (384 more characters before this)\nline 48\nline 49');
    assert.equal(firstLines(printed, 2), 'line 00\nline 01\n… (384 more characters after this)');
    assert.match(firstLines('x'.repeat(10_000)), /^x{4000}\n… \(6,000 more characters after this\)$/);
  });

  it('is cut once where it explains a test, and says where the rest is', () => {
    let log = '';
    for (let index = 0; index < 100; index++) log = appended(log, `${'x'.repeat(999)}\n`);
    assert.equal(log.length, 64 * 1024 + 1 + '… (the rest is in the output)\n'.length);
    assert.match(log, /x\n… \(the rest is in the output\)\n$/);
  });
});
