import type { RunSummary } from '../protocol/messages.ts';
import { verdictKinds } from '../protocol/verdict.ts';
import { plural } from './excerpt.ts';
import { verdictLabel } from './wording.ts';

/** `412 tests: 409 passed, 2 timed out, 1 out of memory` */
export function countsText(summary: Pick<RunSummary, 'planned' | 'counts'>): string {
  const parts = verdictKinds
    .map(kind => ({ kind, count: summary.counts[kind] ?? 0 }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count.toLocaleString('en-US')} ${verdictLabel(kind).toLowerCase()}`);
  return [plural(summary.planned, 'test'), ...(parts.length > 0 ? [parts.join(', ')] : [])].join(': ');
}
