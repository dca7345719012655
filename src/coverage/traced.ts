import type { CoverageDetail, SourceSurvey } from '../protocol/coverage.ts';
import { loadSqlite } from '../store/sqlite.ts';
import type { Arc } from './shelf.ts';

/** What ran of files between two borders. */
export interface Trace {
  /** Empty: of no test. */
  readonly context: string;
  readonly files: ReadonlyMap<string, readonly Arc[]>;
}

/** What a process has left in the database of coverage.py, part by part. */
export function readTraces(path: string): readonly Trace[] {
  const sqlite = loadSqlite();
  if (!sqlite) throw new Error('coverage.py writes SQLite, which this Node was built without');
  const parts = new Map<string, Map<string, Arc[]>>();
  try {
    const database = new sqlite.DatabaseSync(path, { readOnly: true });
    try {
      const rows = database.prepare(
        'SELECT context, path, fromno, tono FROM arc JOIN file ON file.id = file_id JOIN context ON context.id = context_id',
      );
      for (const row of rows.iterate()) {
        const { context, path: file, fromno, tono } = row as unknown as ArcRow;
        const files = parts.get(context) ?? new Map<string, Arc[]>();
        parts.set(context, files);
        const arcs = files.get(file) ?? [];
        files.set(file, arcs);
        arcs.push([fromno, tono]);
      }
    } finally {
      database.close();
    }
  } catch {
    // The process was killed while it wrote.
    return [];
  }
  return [...parts].map(([context, files]) => ({ context, files }));
}

interface ArcRow {
  readonly context: string;
  readonly path: string;
  readonly fromno: number;
  readonly tono: number;
}

/** Coverage.py notes that a line ran, and not how often; it counts statements, and the ways out of those that have several. */
export function tracedDetail(survey: SourceSurvey, arcs: readonly Arc[]): CoverageDetail {
  const firsts = new Map(survey.firsts);
  const first = (line: number) => (line < 0 ? -1 : 1) * (firsts.get(Math.abs(line)) ?? Math.abs(line));
  const went = new Set(arcs.map(([from, to]) => `${first(from)} ${first(to)}`));
  const ran = new Set(arcs.flat().filter(line => line > 0));
  const begun = new Set([...ran].map(first));
  return {
    lines: survey.statements.map(line => [line, Number(begun.has(line))] as const),
    branches: survey.branches.flatMap(({ line, column, to, free }) =>
      to.map(way => ({
        ...{ line, column, endLine: line, endColumn: column, body: false },
        count: Number(free || went.has(`${line} ${way}`)),
      })),
    ),
    functions: survey.functions.map(({ name, line, column, endLine, endColumn, entry, body }) => {
      const count =
        body > line ? [...ran].some(each => each >= body && each <= endLine) : went.has(`-${entry} ${line}`);
      return { ...{ name, line, column, endLine, endColumn }, count: Number(count) };
    }),
  };
}
