import assert from 'node:assert/strict';
import { OutputCapture } from '../../../src/engine/output.ts';

describe('the output of an attempt', () => {
  it('is kept whole while it fits', () => {
    const capture = new OutputCapture(100);
    capture.push(Buffer.from('one\n'));
    capture.push(Buffer.from('two\n'));
    assert.deepEqual(capture.result(), { text: 'one\ntwo\n', droppedBytes: 0 });
  });

  it('keeps head and tail of a flood, within its bound, and counts what it left out', () => {
    const capture = new OutputCapture(20);
    for (let i = 0; i < 1000; i++) capture.push(Buffer.from(`${String(i).padStart(4, '0')}\n`));
    const { text, droppedBytes } = capture.result();
    assert.equal(droppedBytes, 5000 - 20);
    assert.ok(text.startsWith('0000\n0001\n'), text);
    assert.ok(text.endsWith('0998\n0999\n'), text);
    assert.match(text, /4980 bytes left out/);
  });

  it('shows live only what fits into the head', () => {
    const capture = new OutputCapture(8);
    assert.equal(capture.push(Buffer.from('abcdef')).toString(), 'abcd');
    assert.equal(capture.push(Buffer.from('gh')).toString(), '');
  });

  it('gives the last bytes from wherever they are', () => {
    const capture = new OutputCapture(100);
    capture.push(Buffer.from('FATAL ERROR: heap'));
    assert.equal(capture.tail(4), 'heap');
  });

  it('cuts one chunk that is larger than everything it may keep', () => {
    const capture = new OutputCapture(10);
    capture.push(Buffer.from('x'.repeat(5) + '-'.repeat(1_000_000) + 'y'.repeat(5)));
    const { text, droppedBytes } = capture.result();
    assert.equal(droppedBytes, 1_000_000);
    assert.ok(text.startsWith('xxxxx') && text.endsWith('yyyyy'));
  });
});
