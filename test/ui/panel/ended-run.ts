import type { ToPanel } from '../../../src/panel/messages.ts';
import { panelRecord } from '../../../src/panel/record.ts';
import { isFailure } from '../../../src/protocol/verdict.ts';
import { everyVerdict, folder, headOf, summaryOf } from './samples.ts';

export const records = everyVerdict();
export const rows = records.map(record => panelRecord(record, folder));
export const total = rows.length;
export const failing = records.filter(record => isFailure(record.verdict.kind)).length;
export const unbegun = records.filter(({ verdict }) =>
  ['skipped', 'cancelled', 'not-run'].includes(verdict.kind),
).length;

/** What the editor tells of a run that has every verdict and is over. */
export const finished: readonly ToPanel[] = [
  { type: 'run', run: headOf(rows.length) },
  { type: 'records', records: rows },
  { type: 'ended', summary: summaryOf(rows.length) },
];
