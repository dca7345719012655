import assert from 'node:assert/strict';
import { junitReport } from '../../../../../src/frameworks/command/junit/report.ts';

const only = (inner: string, attributes = 'name="t"') => {
  const xml = `<testsuite name="s"><testcase ${attributes}>${inner}</testcase></testsuite>`;
  const { cases, fault } = junitReport(xml);
  assert.equal(fault, null);
  return cases[0]!;
};

describe("a report in JUnit's XML", () => {
  it('has failures with a message, a text or both, once', () => {
    const text = (inner: string) => only(inner).told.failures?.map(failure => failure.text);
    assert.deepEqual(text('<failure message="m"/>'), ['m']);
    assert.deepEqual(text('<failure><![CDATA[a < b]]></failure>'), ['a < b']);
    assert.deepEqual(text('<failure message="m">m\nat x</failure>'), ['m\nat x']);
    assert.deepEqual(text('<failure message="m">trace</failure><error type="E"/>'), ['m\ntrace', 'E']);
    assert.deepEqual(text('<failure/>'), ['It failed without a message.']);
  });

  it('says in its own ways that a test was tried again or not at all', () => {
    assert.deepEqual(only('<flakyFailure message="first"/>').told, { state: 'passed', retries: 1 });
    assert.equal(only('<failure message="m"/><rerunFailure message="m"/>').told.retries, 1);
    assert.equal(only('', 'name="t" status="notrun"').told.state, 'skipped');
    assert.equal(only('', 'name="t" status="run" time="1,000.5"').told.ms, 1_000_500);
  });

  it('keeps what it tells of other things apart', () => {
    const xml =
      '<testsuites><testsuite name="s"><properties><property name="failure"/></properties><system-out>&lt;failure&gt;</system-out>' +
      '<testcase name="t"><system-out>out</system-out></testcase></testsuite></testsuites>';
    assert.deepEqual(junitReport(xml), { cases: [{ path: ['s', 't'], told: { state: 'passed' } }], fault: null });
  });

  it('is read as far as it goes', () => {
    const start = '<testsuite name="s"><testcase name="a"/><testcase name="b">';
    for (const rest of ['', '<failure', '</testsuite>', '&bogus;</testcase>', '<failure>\0'])
      assert.deepEqual(
        [junitReport(start + rest).cases.map(({ path }) => path[1]), junitReport(start + rest).fault !== null],
        [['a'], true],
        rest,
      );
    for (const none of ['', 'no xml', '<html/>', '{}']) assert.notEqual(junitReport(none).fault, null, none);
  });

  it('expands no entities of its own', () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite name="&b;"/>';
    assert.notEqual(junitReport(bomb).fault, null);
  });

  it('may hold a megabyte in one attribute', () => {
    assert.equal(only('', `name="${'x'.repeat(1_000_000)}"`).path[1]!.length, 1_000_000);
  });
});
