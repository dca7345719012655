import type { Folder } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import { firstLine, oneLine, plural } from '../reports/excerpt.ts';
import { pathIn } from '../reports/report.ts';
import { advice, headline, notable, titleText } from '../reports/wording.ts';
import { attributeText } from '../reports/wording.ts';

const mostEvidence = 4;

/** `[out-of-memory] Cart › adds (test/cart.test.ts:12)` */
export function nameText({ test, verdict }: TestRecord, folders: readonly Folder[]): string {
  const line = test.line === undefined ? '' : `:${test.line}`;
  const title = test.titlePath.length === 0 ? '(the whole file)' : titleText(test, 160);
  return `[${verdict.kind}] ${title} (${placeText(test.file, folders)}${line})`;
}

/** As an agent may name it in its next call. */
export function placeText(file: string, folders: readonly Folder[]): string {
  const inside = folders.map(({ path }) => pathIn(path, file)).filter(path => !path.startsWith('..'));
  const [shortest = file] = inside.toSorted((a, b) => a.length - b.length);
  return oneLine(shortest, 200);
}

/** What happened to a test, in a few lines: the numbers, its own words, and what the verdict rests on. */
export function testLines(record: TestRecord): string[] {
  const [message] = record.messages;
  const hint = advice(record);
  const said = message && firstLine(message.text, 300);
  const unsaid = record.why.length - mostEvidence;
  const at = message?.line === undefined ? '' : ` (line ${message.line})`;
  return [
    headline(record),
    ...(said ? [`Message: ${said}${at}`] : []),
    ...notable(record).map(attribute => `Also: ${oneLine(attributeText(attribute), 300)}`),
    ...record.why.slice(0, mostEvidence).map(sentence => `Evidence: ${oneLine(sentence, 240)}`),
    ...(unsaid > 0 ? [`and ${plural(unsaid, 'more sentence')} of evidence`] : []),
    ...(hint === null ? [] : [`What to do: ${hint}`]),
  ];
}
