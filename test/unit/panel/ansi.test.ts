import assert from 'node:assert/strict';
import { parseAnsi, withoutAnsi } from '../../../src/panel/ansi.ts';

describe('terminal output', () => {
  it('becomes runs of text in the colours of the theme', () => {
    assert.deepEqual(parseAnsi('a\u001b[1;31mred\u001b[0m b\u001b[44mx\u001b[49m'), [
      { text: 'a', style: {} },
      { text: 'red', style: { bold: true, color: 'red' } },
      { text: ' b', style: {} },
      { text: 'x', style: { background: 'blue' } },
    ]);
  });

  it('takes back a single mark', () => {
    const styles = parseAnsi('\u001b[1;3;4;7;92ma\u001b[22mb\u001b[23;24mc\u001b[27;39md').map(span => span.style);
    assert.deepEqual(styles, [
      { bold: true, italic: true, underline: true, inverse: true, color: 'bright-green' },
      { italic: true, underline: true, inverse: true, color: 'bright-green' },
      { inverse: true, color: 'bright-green' },
      {},
    ]);
  });

  it('brings 256 and 16 million colours to the nearest of the theme', () => {
    const colorOf = (codes: string) => parseAnsi(`\u001b[${codes}mx`)[0]?.style.color;
    assert.equal(colorOf('38;5;1'), 'red');
    assert.equal(colorOf('38;5;12'), 'bright-blue');
    assert.equal(colorOf('38;5;208'), 'red');
    assert.equal(colorOf('38;5;46'), 'green');
    assert.equal(colorOf('38;5;240'), undefined);
    assert.equal(colorOf('38;2;250;240;10'), 'yellow');
    assert.equal(colorOf('38;2;120;121;122'), undefined);
    assert.deepEqual(parseAnsi('\u001b[38;2;255;0;0;4mx')[0]?.style, { color: 'red', underline: true });
  });

  it('leaves out whatever moves a cursor, sets a title or rings a bell', () => {
    assert.equal(
      withoutAnsi('a\u001b[2Jb\u001b]0;title\u0007c\u001b]8;;http://x\u001b\\d\u0007\u001b[?25le\u001b(Bf\u0000'),
      'abcdef',
    );
    assert.equal(withoutAnsi('cut \u001b[3'), 'cut 3');
  });

  it('shows of an overwritten line what a terminal would show', () => {
    assert.equal(withoutAnsi('10 %\r50 %\r100 %\r\nnext\r\nlast\r'), '100 %\nnext\nlast');
  });

  it('joins what has the same style', () => {
    assert.equal(parseAnsi('a\u0007b\u0007c').length, 1);
    assert.deepEqual(parseAnsi(''), []);
  });
});
