import { formatDuration } from '../config/quantities.ts';
import type { CageDescription } from '../protocol/limits.ts';
import type { RunSummary } from '../protocol/messages.ts';
import { isFailure, type VerdictKind, verdictKinds } from '../protocol/verdict.ts';
import { plural } from '../reports/excerpt.ts';
import { countsText } from '../reports/totals.ts';
import { cageText, fullyEnforced, verdictLabel } from '../reports/wording.ts';
import type { Style, Terminal } from './terminal.ts';

/** The name of a test that failed and where it stands. */
export interface FailedTest {
  readonly kind: VerdictKind;
  readonly title: string;
  readonly place: string;
}

const mostOfAKind = 20;

/** The end of a run: the failures by category, the totals, the cage, and where the journal is. */
export function summaryText(
  summary: RunSummary,
  failed: readonly FailedTest[],
  cage: CageDescription,
  terminal: Terminal,
): string {
  return [
    '',
    ...categories(failed, terminal),
    ...totals(summary, terminal),
    ...aboutCage(cage),
    ...journal(summary),
  ].join('\n');
}

export function totals(summary: RunSummary, terminal: Terminal): string[] {
  const failed = verdictKinds.some(kind => isFailure(kind) && (summary.counts[kind] ?? 0) > 0);
  const style: Style = failed ? 'red' : summary.cancelled ? 'yellow' : 'green';
  const stopped = summary.cancelled ? ', stopped before its end' : '';
  const lines = [
    terminal.style(['bold', style], `${countsText(summary)} in ${formatDuration(summary.durationMs)}${stopped}`),
  ];
  if (summary.leaked > 0) {
    lines.push(terminal.style('yellow', `${plural(summary.leaked, 'test')} left processes running, which were killed`));
  }
  if (summary.flaky > 0) {
    lines.push(
      terminal.style('yellow', `${plural(summary.flaky, 'test')} flaky: failed first and passed when tried again`),
    );
  }
  return lines;
}

function categories(failed: readonly FailedTest[], terminal: Terminal): string[] {
  return [...Map.groupBy(failed, ({ kind }) => kind)].flatMap(([kind, tests]) => [
    terminal.style('red', `${verdictLabel(kind)} (${tests.length.toLocaleString('en-US')})`),
    ...tests.slice(0, mostOfAKind).map(({ title, place }) => `  ${title}  ${terminal.style('dim', place)}`),
    ...(tests.length > mostOfAKind ? [`  and ${(tests.length - mostOfAKind).toLocaleString('en-US')} more`] : []),
    '',
  ]);
}

function aboutCage(cage: CageDescription): string[] {
  return fullyEnforced(cage) ? [`Cage: ${cage.label}`] : cageText(cage);
}

function journal({ journal: path }: RunSummary): string[] {
  return path === null ? ['The journal of this run is not complete.'] : [`Journal: ${path}`];
}
