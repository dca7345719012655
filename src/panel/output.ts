import { formatBytes } from '../config/quantities.ts';
import type { SavedOutput } from '../protocol/verdict.ts';
import { parseAnsi, type Style } from './ansi.ts';
import { button, el, muted, pre } from './dom.ts';
import type { PanelDetails } from './messages.ts';

/** What the test printed, in the theme's terminal colours. */
export function outputOf({ text, droppedBytes, ...saved }: PanelDetails['output'], onOpen: () => void): HTMLElement {
  if (text === '' && droppedBytes === 0) return muted('The test printed nothing.');
  const spans = parseAnsi(text).map(span => {
    const classes = classesOf(span.style);
    return classes === '' ? span.text : el('span', { class: classes }, span.text);
  });
  return el(
    'div',
    droppedBytes > 0 && muted(`${formatBytes(droppedBytes)} are left out of the middle.`),
    pre('pre.output', 'Output', ...spans),
    button('button.secondary', onOpen, openText(droppedBytes, saved)),
  );
}

function openText(droppedBytes: number, { file, bytes = 0, missing }: SavedOutput): string {
  if (file !== undefined && missing !== undefined) return `Open the first ${formatBytes(bytes)}`;
  return file !== undefined || droppedBytes === 0 ? 'Open full output' : 'Open what is kept of it';
}

function classesOf({ color, background, ...marks }: Style): string {
  const [text, behind] = marks.inverse ? [background, color] : [color, background];
  return [...(text ? [`fg-${text}`] : []), ...(behind ? [`bg-${behind}`] : []), ...Object.keys(marks)].join(' ');
}
