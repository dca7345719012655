import { button, el } from './dom.ts';
import { icon } from './icons.ts';
import type { Phase } from './run.ts';

/** A page that has nothing to show says why, and what to do next. */
export function noRunYet(onRunAll: () => void): HTMLElement {
  return el(
    'main.empty',
    icon('hull'),
    el('h1', 'No run yet'),
    el('p', 'Run tests from the Test Explorer, or use ', el('strong', 'Bulkhead: Run All Tests'), '.'),
    button('button', onRunAll, 'Run all tests'),
  );
}

export type Emptiness = 'no-tests' | 'waiting' | 'nothing-came' | 'no-match';

export function whyEmpty(shown: number, done: number, planned: number, phase: Phase): Emptiness | null {
  if (shown > 0) return null;
  if (done > 0) return 'no-match';
  if (phase === 'running') return 'waiting';
  return planned === 0 ? 'no-tests' : 'nothing-came';
}

/** What stands where the table would be. */
export function emptyTable(why: Emptiness, onClear: () => void): HTMLElement {
  switch (why) {
    case 'waiting':
      return empty(el('p', 'Waiting for the first verdict…'));
    case 'no-tests':
      return empty(
        el('h2', 'No tests in this run'),
        el('p', 'Nothing was found for what was asked. The Bulkhead log says where it looked.'),
      );
    case 'nothing-came':
      return empty(
        el('h2', 'No verdicts'),
        el(
          'p',
          'The run ended before any test had a verdict. Run the tests again; the Bulkhead log says what happened.',
        ),
      );
    case 'no-match':
      return empty(el('h2', 'No test matches the filter'), button('button.secondary', onClear, 'Clear filter'));
  }
}

function empty(...content: readonly HTMLElement[]): HTMLElement {
  return el('div.empty', ...content);
}
