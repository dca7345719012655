import { withoutAnsi } from './ansi.ts';
import { difference } from './difference.ts';
import { button, el, pre } from './dom.ts';
import type { PanelFailure } from './messages.ts';

/** One failure message: its text, what was expected and what came, and where. */
export function failureOf(failure: PanelFailure, onOpen: () => void): HTMLElement {
  const { text, expected, actual, stack, place } = failure;
  return el(
    'div.failure',
    pre('pre.message', 'Message', withoutAnsi(text)),
    place !== undefined && button('button.link', onOpen, place),
    expected !== undefined && actual !== undefined && comparison(withoutAnsi(expected), withoutAnsi(actual)),
    stack !== undefined && el('details', el('summary', 'Stack'), pre('pre', 'Stack', withoutAnsi(stack))),
  );
}

function comparison(expected: string, actual: string): HTMLElement {
  const pieces = difference(expected, actual);
  const side = (heading: string, sign: string, kind: 'expected' | 'actual') =>
    el(
      `div.${kind}`,
      el('h4', el('span', { 'aria-hidden': 'true' }, `${sign} `), heading),
      pre('pre', heading, ...pieces[kind].map(({ text, differs }) => (differs ? el('mark', text) : text))),
    );
  return el('div.comparison', side('Expected', '−', 'expected'), side('Actual', '+', 'actual'));
}
