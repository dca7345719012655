import { formatBytes, formatDuration } from '../config/quantities.ts';
import { isFailure, type TestRecord } from '../protocol/verdict.ts';
import { firstLine, plural, tail, withoutControls } from './excerpt.ts';
import { pathIn, type Pieces, type RunReport } from './report.ts';
import { countsText } from './totals.ts';
import { advice, attributeText, cageText, fullyEnforced, headline, notable, titleText } from './wording.ts';

// The summary page of a CI system holds 1 MiB.
const mostDetails = 50;
const outputLines = 20;
const outputBytes = 4000;

/** A summary to read: totals, the failures with their reasons, what was left running, the hungriest tests. */
export function* markdownReport({ version, folder, cage, summary, records }: RunReport): Pieces {
  const failures = records.filter(record => isFailure(record.verdict.kind));
  const flaky = records.filter(record => !isFailure(record.verdict.kind) && tried(record));
  const known = records.filter(({ verdict }) => verdict.kind === 'known-failure');
  const leaks = records.filter(record => !isFailure(record.verdict.kind) && leaked(record));
  yield `# Test run: ${failures.length > 0 ? `${plural(failures.length, 'failure')}` : 'no failures'}\n\n`;
  yield `${countsText(summary)} in ${formatDuration(summary.durationMs)}.${summary.cancelled ? ' The run was stopped before its end.' : ''}\n\n`;
  for (const problem of summary.problems)
    yield `> ${problem.severity}: ${escaped(firstLine(problem.message, 500))}\n\n`;
  if (failures.length > 0) {
    yield '## Failures\n\n';
    for (const record of failures.slice(0, mostDetails)) yield details(folder, record);
    if (failures.length > mostDetails) yield `And ${plural(failures.length - mostDetails, 'more failure')}.\n\n`;
  }
  yield* listed('Known failures', folder, known);
  yield* listed('Left running', folder, leaks);
  yield* listed('Flaky', folder, flaky);
  yield* hungriest(folder, records);
  yield fullyEnforced(cage)
    ? `${escaped(cage.label)}. `
    : `${cageText(cage)
        .map(line => `- ${escaped(line)}\n`)
        .join('')}\n`;
  yield `Bulkhead ${version}\n`;
}

function* listed(heading: string, folder: string, records: readonly TestRecord[]): Pieces {
  if (records.length === 0) return;
  yield `## ${heading}\n\n`;
  for (const record of records.slice(0, mostDetails))
    yield `- ${nameOf(folder, record)}: ${escaped(headline(record))}\n`;
  if (records.length > mostDetails) yield `- and ${plural(records.length - mostDetails, 'more test')}\n`;
  yield '\n';
}

function tried({ attributes }: TestRecord): boolean {
  return attributes.some(({ kind }) => kind === 'retried');
}

function leaked(record: TestRecord): boolean {
  return record.attributes.some(({ kind }) => kind === 'leaked-processes' || kind === 'survivors');
}

function nameOf(folder: string, { test }: TestRecord): string {
  const line = test.line === undefined ? '' : `:${test.line}`;
  return `**${escaped(titleText(test))}** (${escaped(pathIn(folder, test.file))}${line})`;
}

function details(folder: string, record: TestRecord): string {
  const { text, cut } = tail(withoutControls(record.output.text), outputLines, outputBytes);
  const messages = record.messages.map(message => tail(withoutControls(message.stack ?? message.text), 30, 4000).text);
  return [
    `### ${escaped(headline(record))}\n`,
    nameOf(folder, record),
    ...notable(record).map(attribute => `- ${escaped(attributeText(attribute))}`),
    ...messages.map(fenced),
    ...(text ? [`${cut ? 'The end of its output' : 'Its output'}:`, fenced(text)] : []),
    advice(record) ?? '',
    '',
  ].join('\n\n');
}

function* hungriest(folder: string, records: readonly TestRecord[]): Pieces {
  const measured = records.filter(record => record.usage.peakMemoryBytes !== null && !record.usage.shared);
  const top = measured.toSorted((a, b) => (b.usage.peakMemoryBytes ?? 0) - (a.usage.peakMemoryBytes ?? 0)).slice(0, 5);
  if (top.length === 0) return;
  yield '## Most memory\n\n| test | peak | cap | time |\n| --- | ---: | ---: | ---: |\n';
  for (const record of top) {
    const { peakMemoryBytes } = record.usage;
    const { memoryBytes } = record.limits;
    const cells = [
      nameOf(folder, record),
      formatBytes(peakMemoryBytes ?? 0),
      memoryBytes === null ? 'none' : formatBytes(memoryBytes),
      record.durationMs === null ? '' : formatDuration(record.durationMs),
    ];
    yield `| ${cells.join(' | ')} |\n`;
  }
  yield '\n';
}

/** A fence longer than any run of backticks inside. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

/** Titles are written by anyone: they must not become markup. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>#|~!&]/g, character => `\\${character}`)
    .replaceAll('\\<', '&lt;')
    .replaceAll('\\&', '&amp;');
}
