import { basename } from 'node:path';
import type { GoneTests } from '../protocol/history.ts';
import type { Selection } from '../protocol/messages.ts';
import type { Database } from './sqlite.ts';

/** What a run was asked for; null: nobody knows. */
export type SelectionOf = (run: string) => Selection | null;

const mostNamed = 200;
/** So far back a run is sought that looked wherever this one did. */
const mostRuns = 20;
const nothing: GoneTests = { total: 0, tests: [] };

interface Run {
  readonly id: number;
  readonly run: string;
}

interface Row {
  readonly project: string;
  readonly file: string;
  readonly title: string;
}

/** The tests that the last run before found where this one looked for all there are, and found no more. */
export function goneTests(database: Database, run: string, selectionOf: SelectionOf): GoneTests {
  // One that was stopped has not looked everywhere.
  const now = database.prepare('SELECT id, run FROM runs WHERE run = ? AND cancelled = 0').get(run) as unknown as
    Run | undefined;
  const asked = now && selectionOf(run);
  if (!asked) return nothing;
  const before = database
    .prepare(
      `SELECT id, run FROM runs WHERE (started_at, id) < (SELECT started_at, id FROM runs WHERE id = ?) AND cancelled = 0
       ORDER BY started_at DESC, id DESC LIMIT ${mostRuns}`,
    )
    .all(now.id) as unknown as Run[];
  const last = before.find(each => looksAsWide(selectionOf(each.run), asked));
  if (!last) return nothing;
  const rowsOf = database.prepare(
    `SELECT project, file, title FROM outcomes JOIN tests ON tests.id = test
     WHERE run = ? AND test NOT IN (SELECT test FROM outcomes WHERE run = ?) ORDER BY project, file, test`,
  );
  const all = database.prepare('SELECT project, file, title FROM outcomes JOIN tests ON tests.id = test WHERE run = ?');
  const found = all.all(now.id) as unknown as Row[];
  // A file stands for itself where it does not load: that says nothing of its tests, and is no test that could be gone.
  const files = new Set(found.map(placeOf));
  const broken = new Set(found.filter(({ title }) => title === '').map(placeOf));
  const covers = coverOf(asked);
  const gone = (rowsOf.all(last.id, now.id) as unknown as Row[]).filter(
    row => covers(row) && !(row.title === '' ? files : broken).has(placeOf(row)),
  );
  const tests = gone.slice(0, mostNamed).map(({ title, file }) => ({ title: title || basename(file), file }));
  return { total: gone.length, tests };
}

function looksAsWide(before: Selection | null, now: Selection): boolean {
  return before?.kind === 'all' || JSON.stringify(before) === JSON.stringify(now);
}

/** Whether all tests of a file were asked for. */
function coverOf(selection: Selection): (row: Row) => boolean {
  if (selection.kind === 'all') return () => true;
  const projects = new Set<string>();
  const files = new Set<string>();
  for (const { project, files: chosen } of selection.projects) {
    if (!chosen) projects.add(project);
    for (const { file, tests } of chosen ?? []) if (!tests) files.add(placeOf({ project, file }));
  }
  return row => projects.has(row.project) || files.has(placeOf(row));
}

function placeOf({ project, file }: Pick<Row, 'project' | 'file'>): string {
  return JSON.stringify([project, file]);
}
