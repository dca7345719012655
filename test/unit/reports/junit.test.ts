import assert from 'node:assert/strict';
import { junitReport } from '../../../src/reports/junit.ts';
import type { TestRecord } from '../../../src/protocol/verdict.ts';
import { everyVerdict, sampleRecord, sampleReport } from './samples.ts';
import { type Element, parseXml } from './xml.ts';

describe('the JUnit report', () => {
  const written = (records: readonly TestRecord[]) => parseXml([...junitReport(sampleReport(records))].join(''));
  const child = (element: Element | undefined, name: string) => element?.children.find(each => each.name === name);

  it('is a document even of no tests', () => {
    assert.deepEqual(written([]).attributes, {
      name: 'Bulkhead',
      tests: '0',
      failures: '0',
      errors: '0',
      skipped: '0',
      time: '1.500',
    });
  });

  it('tells failures, errors and skipped tests apart, with the category as their type', () => {
    const root = written(everyVerdict.map(verdict => sampleRecord(verdict)));
    const cases = root.children[0]!.children.filter(each => each.name === 'testcase');
    const outcomes = cases.map(each => {
      const outcome = each.children.find(({ name }) => ['failure', 'error', 'skipped'].includes(name));
      return `${outcome?.name ?? 'none'} ${outcome?.attributes['type'] ?? ''}`.trim();
    });
    assert.deepEqual(outcomes, [
      'none',
      'failure failed',
      'skipped',
      'skipped',
      'none',
      'error error',
      'error timed-out',
      'error out-of-memory',
      'error limit-reached',
      'error crashed',
      'error killed-outside',
      'error exited-early',
      'skipped',
      'skipped',
      'skipped',
      'error lost',
    ]);
    const { tests, failures, errors, skipped } = root.attributes;
    assert.deepEqual([tests, failures, errors, skipped], ['16', '1', '8', '5']);
  });

  it('has a suite a file, its tests named by their titles', () => {
    const other = sampleRecord({ kind: 'passed' });
    const root = written([
      sampleRecord({ kind: 'passed' }),
      { ...other, test: { ...other.test, file: '/w/b.sh', titlePath: ['b.sh'] } },
      sampleRecord({ kind: 'failed' }),
    ]);
    assert.deepEqual(
      root.children.map(({ attributes }) => [attributes['name'], attributes['tests'], attributes['failures']]),
      [
        ['test/a.test.js', '2', '1'],
        ['b.sh', '1', '0'],
      ],
    );
    const { name, classname, file, line, time } = child(root.children[0], 'testcase')!.attributes;
    assert.deepEqual([name, classname, file, line, time], ['suite › test', 'suite', 'test/a.test.js', '7', '0.400']);
    assert.equal(child(root.children[1], 'testcase')?.attributes['classname'], 'b.sh');
  });

  it('carries message, stack, evidence and output', () => {
    const record = sampleRecord(
      { kind: 'failed' },
      {
        messages: [{ text: 'a < b & "c"', stack: 'Error: a < b\n    at x.js:1' }],
        why: ['The framework said so.'],
        output: { text: 'printed ]]> <b>', droppedBytes: 0 },
      },
    );
    const test = child(written([record]).children[0], 'testcase');
    const failure = child(test, 'failure');
    assert.equal(failure?.attributes['message'], 'Failed after 400 ms, peak 41 MiB');
    assert.match(failure?.text ?? '', /Error: a < b\n {4}at x\.js:1\nThe framework said so\./);
    assert.equal(child(test, 'system-out')?.text, 'printed ]]> <b>');
  });

  it('stays well-formed whatever a test says', () => {
    const evil = '\x00\x1b[31m\uD800 <&>"\'\uFFFE]]>\n\u{1F600}\x9b';
    const record = sampleRecord(
      { kind: 'error', phase: 'hook', message: evil },
      { messages: [{ text: evil }], output: { text: evil, droppedBytes: 0 } },
    );
    const test = { ...record.test, titlePath: [evil, evil], file: `/w/${evil}` };
    const root = written([{ ...record, test }]);
    assert.match(child(root.children[0], 'testcase')?.attributes['name'] ?? '', /<&>"'/);
  });
});
