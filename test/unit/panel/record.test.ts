import assert from 'node:assert/strict';
import { detailsText } from '../../../src/panel/copy.ts';
import { mostOutput, panelDetails, panelRecord } from '../../../src/panel/record.ts';
import { verdictKinds } from '../../../src/protocol/verdict.ts';
import { everyVerdict, folder, recordOf } from '../../ui/panel/samples.ts';

describe('the row of a test', () => {
  it('names the test and its file as one reads them', () => {
    const row = panelRecord(recordOf(1, { titlePath: ['Cart', 'totals', 'adds\n tax'] }), folder);
    assert.equal(row.title, 'adds tax');
    assert.equal(row.suite, 'Cart › totals');
    assert.equal(row.folder, 'shop');
    assert.equal(row.file, 'test/cart.test.ts');
  });

  it('names the file where a test has no titles, because the file could not be loaded', () => {
    assert.equal(panelRecord(recordOf(1, { titlePath: [] }), folder).title, 'cart.test.ts');
    assert.equal(panelRecord(recordOf(1, { titlePath: [''] }), folder).title, '(no title)');
  });

  it('finds the file in its folder on Windows too', () => {
    const record = recordOf(1);
    const onWindows = { ...record, test: { ...record.test, file: 'C:\\shop\\test\\a.ts' } };
    assert.equal(panelRecord(onWindows, { name: 'shop', path: 'C:\\shop' }).file, 'test/a.ts');
  });

  it('leaves a file of elsewhere as it is', () => {
    assert.equal(
      panelRecord(recordOf(1), { name: 'shop', path: '/home/ada/sho' }).file,
      '/home/ada/shop/test/cart.test.ts',
    );
  });

  it('has a headline for every verdict', () => {
    const rows = everyVerdict().map(record => panelRecord(record, folder));
    assert.deepEqual([...new Set(rows.map(row => row.kind))].sort(), [...verdictKinds].sort());
    assert.ok(rows.every(row => row.headline.length > 5));
  });

  it('counts the processes that were left', () => {
    assert.equal(panelRecord(everyVerdict().at(-1)!, folder).leaked, 2);
    assert.equal(panelRecord(recordOf(1), folder).leaked, 0);
  });

  it('counts how often the test was tried: not at all where it never began', () => {
    const attempts = (number: number, changes: Parameters<typeof recordOf>[1]) =>
      panelRecord(recordOf(number, changes), folder).attempts;
    assert.equal(attempts(1, {}), 1);
    assert.equal(attempts(1, { attributes: [{ kind: 'retried', earlier: [{ kind: 'failed' }] }] }), 2);
    assert.equal(attempts(1, { verdict: { kind: 'skipped' }, startedAt: null }), 0);
    assert.equal(attempts(1, { verdict: { kind: 'skipped' } }), 1, 'it skipped itself while it ran');
    const refused = { kind: 'error', phase: 'spawn', message: 'ENOENT' } as const;
    assert.equal(attempts(1, { verdict: refused, startedAt: null }), 1);
  });

  it('stays small whatever the test is called and says', () => {
    const loud = 'x'.repeat(1_000_000);
    const row = panelRecord(
      recordOf(1, { titlePath: [loud, loud], messages: [{ text: loud }], output: { text: loud, droppedBytes: 0 } }),
      folder,
    );
    assert.ok(JSON.stringify(row).length < 1500);
  });
});

describe('the details of a test', () => {
  it('say where a message comes from by name, never by path', () => {
    const [message] = panelDetails(everyVerdict()[1]!).messages;
    assert.equal(message?.place, 'cart.test.ts:42');
  });

  it('keep head and tail of a long output and say what is missing', () => {
    const text = `first ${'é'.repeat(mostOutput)} last`;
    const { output } = panelDetails(recordOf(1, { output: { text, droppedBytes: 7 } }));
    assert.ok(output.text.startsWith('first') && output.text.endsWith('last'));
    assert.ok(output.text.length <= mostOutput + 3);
    assert.equal(output.droppedBytes, 7 + (text.length - mostOutput) * 2);
    const saved = { file: '/r/output/o.log', bytes: 9 };
    const { output: shown } = panelDetails(recordOf(1, { output: { text, droppedBytes: 7, ...saved } }));
    assert.deepEqual([shown.file, shown.bytes], [saved.file, saved.bytes]);
  });

  it('are bounded, and say how much more there is', () => {
    const messages = Array.from({ length: 30 }, (_, i) => ({ text: `${i} ${'y'.repeat(40_000)}` }));
    const details = panelDetails(recordOf(1, { messages }));
    assert.equal(details.messages.length, 20);
    assert.equal(details.moreMessages, 10);
    assert.match(details.messages[0]!.text, /… 23,618 more characters$/);
    assert.equal(panelDetails(everyVerdict().at(-1)!).moreLeftovers, 0);
  });

  it('can be copied as plain text', () => {
    const record = everyVerdict()[1]!;
    const text = detailsText(panelRecord(record, folder), panelDetails(record));
    assert.match(text, /^Cart › totals › adds the tax/);
    assert.match(text, /Expected: \{/);
    assert.match(text, /Why this verdict:\n- The framework reported/);
    assert.ok(!text.includes('\u001b'));
  });
});
