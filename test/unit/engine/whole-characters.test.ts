import assert from 'node:assert/strict';
import { OutputCapture } from '../../../src/engine/output.ts';
import { CharacterStream, wholeCharacters } from '../../../src/engine/whole-characters.ts';

const text = 'aé€😀 – naïve 漢字 🏴‍☠️ z';
const bytes = Buffer.from(text);

describe('characters of several bytes', () => {
  it('come whole, wherever the pipe cuts them', () => {
    for (let size = 1; size < bytes.length; size++) {
      const stream = new CharacterStream();
      let shown = '';
      for (let from = 0; from < bytes.length; from += size)
        shown += stream.push(bytes.subarray(from, from + size)).toString('utf8');
      assert.deepEqual([shown, stream.end().length], [text, 0], `in pieces of ${size}`);
    }
  });

  it('lose nothing of what is no UTF-8 at all', () => {
    const rubbish = Buffer.from([
      0xff, 0x80, 0xc3, 0x28, 0xf0, 0x9f, 0x98, 0xe2, 0x82, 0x41, 0xbf, 0xbf, 0xbf, 0xbf, 0xf0,
    ]);
    for (let size = 1; size <= rubbish.length; size++) {
      const stream = new CharacterStream();
      const parts = [];
      for (let from = 0; from < rubbish.length; from += size)
        parts.push(Buffer.from(stream.push(rubbish.subarray(from, from + size))));
      assert.deepEqual(Buffer.concat([...parts, stream.end()]), rubbish, `in pieces of ${size}`);
    }
  });

  it('are not cut where head and tail of an output end', () => {
    for (let limit = 8; limit < 80; limit++) {
      const output = new OutputCapture(limit);
      for (let round = 0; round < 20; round++) output.push(bytes);
      const { text, droppedBytes } = output.result();
      assert.ok(!text.includes('\uFFFD'), `${limit}: ${text}`);
      const kept = Buffer.byteLength(text.replace(/\n… \d+ bytes left out …\n/, ''));
      assert.equal(kept + droppedBytes, 20 * bytes.length);
      assert.ok(kept <= limit);
    }
  });

  it('that fit exactly are whole', () => {
    assert.equal(wholeCharacters(Buffer.from('é')), 2);
    assert.equal(wholeCharacters(Buffer.from('é'), 1), 0);
    assert.equal(wholeCharacters(Buffer.alloc(0)), 0);
  });
});
