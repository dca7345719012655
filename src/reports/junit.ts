import type { TestRecord } from '../protocol/verdict.ts';
import { withoutControls } from './excerpt.ts';
import { byFile, pathIn, type Pieces, type RunReport } from './report.ts';
import { advice, attributeText, headline, notable, titleText } from './wording.ts';

/** JUnit's XML as CI systems read it: a suite a file; the category is the `type` of a failure or an error. */
export function* junitReport({ version, folder, cage, summary, records }: RunReport): Pieces {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  const totals = attributes({ ...countsOf(records), time: seconds(summary.durationMs) });
  yield `<testsuites name="Bulkhead"${totals}>\n`;
  for (const [file, tests] of byFile(records)) {
    const name = pathIn(folder, file);
    const started = tests.map(test => test.startedAt).filter(at => at !== null);
    const first = started.reduce((earliest, at) => Math.min(earliest, at), summary.startedAt + summary.durationMs);
    yield `  <testsuite${attributes({
      name,
      ...countsOf(tests),
      time: seconds(tests.reduce((sum, test) => sum + (test.durationMs ?? 0), 0)),
      timestamp: new Date(first).toISOString(),
    })}>\n`;
    yield properties('    ', { 'bulkhead.version': version, 'bulkhead.cage': cage.label });
    for (const test of tests) yield testcase(name, test);
    yield '  </testsuite>\n';
  }
  yield '</testsuites>\n';
}

function testcase(file: string, record: TestRecord): string {
  const { test, usage, durationMs } = record;
  const suites = test.titlePath.slice(0, -1);
  const head = attributes({
    name: titleText(test, 500),
    classname: suites.length > 0 ? titleText({ titlePath: suites }, 500) : file,
    file,
    line: test.line,
    time: seconds(durationMs ?? 0),
  });
  const body = [
    properties('      ', {
      'bulkhead.verdict': record.verdict.kind,
      'bulkhead.peakMemoryBytes': usage.peakMemoryBytes,
      'bulkhead.cpuMs': usage.cpuMs,
      'bulkhead.maxProcesses': usage.maxProcesses,
      'bulkhead.attributes': record.attributes.map(attribute => attribute.kind).join(' ') || null,
    }),
    outcome(record),
    systemOut(record),
  ];
  return `    <testcase${head}>\n${body.join('')}    </testcase>\n`;
}

/** The last line is how CI systems are told of a file that belongs to a test. */
function systemOut({ output, attributes }: TestRecord): string {
  const shortened = attributes.find(({ kind }) => kind === 'output-truncated');
  const notes = shortened ? [attributeText(shortened)] : [];
  if (output.file !== undefined) notes.push(`[[ATTACHMENT|${output.file}]]`);
  const text = [output.text, ...notes].filter(part => part !== '').join('\n');
  return text && `      <system-out>${escaped(withoutControls(text))}</system-out>\n`;
}

function outcome(record: TestRecord): string {
  const message = headline(record);
  switch (elementOf(record)) {
    case 'none':
      return '';
    case 'skipped':
      return `      <skipped${attributes({ message })}/>\n`;
    case 'failure':
      return element('failure', record, message);
    case 'error':
      return element('error', record, message);
  }
}

function elementOf({ verdict }: TestRecord): 'none' | 'skipped' | 'failure' | 'error' {
  switch (verdict.kind) {
    case 'passed':
    case 'unexpected-pass':
      return 'none';
    case 'skipped':
    case 'expected-failure':
    case 'cancelled':
    case 'not-run':
    case 'known-failure':
      return 'skipped';
    case 'failed':
      return 'failure';
    case 'error':
    case 'timed-out':
    case 'out-of-memory':
    case 'limit-reached':
    case 'crashed':
    case 'killed-outside':
    case 'exited-early':
    case 'lost':
      return 'error';
  }
}

function element(name: 'failure' | 'error', record: TestRecord, message: string): string {
  const text = [
    message,
    ...record.messages.map(failure => failure.stack ?? failure.text),
    ...record.why,
    ...notable(record).map(attributeText),
    advice(record) ?? '',
  ].filter(line => line !== '');
  const head = attributes({ type: record.verdict.kind, message });
  return `      <${name}${head}>${escaped(withoutControls(text.join('\n')))}</${name}>\n`;
}

function countsOf(records: readonly TestRecord[]): Record<'tests' | 'failures' | 'errors' | 'skipped', number> {
  const elements = records.map(elementOf);
  const count = (wanted: string) => elements.filter(each => each === wanted).length;
  return { tests: records.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') };
}

type AttributeValues = Readonly<Record<string, string | number | null | undefined>>;

function attributes(values: AttributeValues): string {
  return Object.entries(values)
    .filter(([, value]) => value != null)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
}

function properties(indent: string, values: AttributeValues): string {
  const known = Object.entries(values).filter(([, value]) => value != null);
  const lines = known.map(([name, value]) => `${indent}  <property${attributes({ name, value })}/>\n`);
  return lines.length === 0 ? '' : `${indent}<properties>\n${lines.join('')}${indent}</properties>\n`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 cannot hold most control characters and no half of a surrogate pair, not even escaped. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"]/g, character => entities[character] ?? character);
}
