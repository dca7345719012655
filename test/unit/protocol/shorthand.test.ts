import assert from 'node:assert/strict';
import type { Notice } from '../../../src/protocol/messages.ts';
import { Longhand, Shorthand, type ShortNotice } from '../../../src/protocol/shorthand.ts';
import type { TestRecord } from '../../../src/protocol/verdict.ts';
import { recordOf } from '../editor/records.ts';

describe('the shorthand of a connection', () => {
  it('gives back each record as it was, and says once what they have in common', () => {
    const [shorthand, longhand] = [new Shorthand(), new Longhand()];
    const why = ['The framework reported a pass and its process ended in order.'];
    const limits = { ...recordOf('a').limits, timeoutMs: 7 };
    const records = ['a', 'b', 'c', 'd'].map((key, at) => recordOf(key, at === 2 ? { why, limits } : { why }));
    const sent = records.map(record => JSON.stringify(shorthand.shorten(noticeOf(record))));
    assert.deepEqual(sent.map(received(longhand)), records.map(noticeOf));
    const sizes = sent.map(text => text.length);
    assert.ok(sizes[1]! < sizes[0]! / 2 && sizes[1] === sizes[3], sizes.join(', '));
  });

  it('goes on when no two records say the same', () => {
    const [shorthand, longhand] = [new Shorthand(), new Longhand()];
    const records = Array.from({ length: 1_000 }, (_, at) => recordOf(`t${at}`, { why: [`It took ${at} ms.`] }));
    const sent = records.map(record => JSON.stringify(shorthand.shorten(noticeOf(record))));
    assert.deepEqual(sent.map(received(longhand)), records.map(noticeOf));
  });

  it('leaves alone what is no record', () => {
    const notice: Notice = { notice: 'started', run: 'r', key: 'a', at: 1 };
    assert.deepEqual(new Longhand().restore(new Shorthand().shorten(notice)), notice);
  });
});

function noticeOf(record: TestRecord): Notice {
  return { notice: 'record', run: 'r', record };
}

function received(longhand: Longhand): (text: string) => Notice {
  return text => longhand.restore(JSON.parse(text) as Notice | ShortNotice);
}
