import { withoutAnsi } from './ansi.ts';
import type { PanelDetails, PanelRecord } from './messages.ts';

/** The details of a test as plain text, to paste into an issue or a chat. */
export function detailsText(record: PanelRecord, details: PanelDetails): string {
  const parts = [
    [record.suite, record.title].filter(Boolean).join(' › '),
    `${record.folder}/${record.file}`,
    record.headline,
    ...(details.advice ? [`What to do: ${details.advice}`] : []),
    ...details.messages.map(({ text, expected, actual, stack, place }) =>
      [
        ...(place === undefined ? [] : [`at ${place}`]),
        text,
        ...(expected === undefined ? [] : [`Expected: ${expected}`]),
        ...(actual === undefined ? [] : [`Actual: ${actual}`]),
        ...(stack === undefined ? [] : [stack]),
      ].join('\n'),
    ),
    list('Why this verdict', details.why),
    list('Also noticed', details.attributes),
  ];
  return withoutAnsi(`${parts.filter(Boolean).join('\n\n')}\n`);
}

function list(heading: string, sentences: readonly string[]): string {
  return sentences.length === 0 ? '' : [`${heading}:`, ...sentences.map(sentence => `- ${sentence}`)].join('\n');
}
