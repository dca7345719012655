import { join } from 'node:path';
import { type KnownFailure, knownFailuresName } from '../config/known-failures.ts';
import type { Problem } from '../protocol/messages.ts';
import type { Folder, Project, TestInfo } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import { mayRetry } from './retry.ts';

export interface KnownIn {
  readonly folder: Folder;
  readonly known: readonly KnownFailure[];
}

interface Listed {
  readonly entry: KnownFailure;
  readonly folder: Folder;
}

/** The lists of known failures of a workspace, and which of their entries a run has met. */
export class KnownFailures {
  readonly #today: string;
  readonly #listed: ReadonlyMap<string, readonly Listed[]>;
  readonly #met = new Set<KnownFailure>();
  /** Files whose tests are all in the run. */
  readonly #whole = new Set<string>();

  constructor(lists: readonly KnownIn[], now: Date) {
    this.#today = now.toISOString().slice(0, 10);
    const listed = lists.flatMap(({ folder, known }) => known.map(entry => ({ entry, folder })));
    this.#listed = Map.groupBy(listed, ({ entry, folder }) => join(folder.path, entry.file));
  }

  /** What a record counts as. */
  judged(record: TestRecord): TestRecord {
    const entry = this.#entryFor(record.test);
    if (!entry) return record;
    this.#met.add(entry);
    return asKnown(record, entry, this.#today);
  }

  /** Another attempt would tell nothing new. */
  excuses(record: TestRecord): boolean {
    const entry = this.#entryFor(record.test);
    return entry !== undefined && asKnown(record, entry, this.#today).verdict.kind === 'known-failure';
  }

  covered(file: string): void {
    this.#whole.add(file);
  }

  /** Entries for tests that are not there any more. `projects`: where the run has all that they list. */
  unmet(projects: readonly Project[] | null): Problem[] {
    const files = new Set(projects?.flatMap(project => project.files));
    return [...this.#listed].flatMap(([file, listed]) => {
      const unlisted = projects !== null && !files.has(file);
      if (!unlisted && !this.#whole.has(file)) return [];
      return listed.filter(({ entry }) => !this.#met.has(entry)).map(each => unmetProblem(each, unlisted));
    });
  }

  #entryFor(test: TestInfo): KnownFailure | undefined {
    return this.#listed.get(test.file)?.find(({ entry }) => names(entry, test))?.entry;
  }
}

/** The verdict of a test that is on the list: what it came to stays in sight. */
export function asKnown(record: TestRecord, entry: KnownFailure, today: string): TestRecord {
  const { verdict } = record;
  const { reason, issue, until } = entry;
  if (verdict.kind === 'passed') return passed(record, entry);
  // What says nothing of the test itself cannot be known of it.
  if (!mayRetry(verdict)) return record;
  if (until !== undefined && until < today) {
    return withVoid(record, `it is listed as a known failure until ${until} (${reason})`);
  }
  if (entry.verdict && !entry.verdict.includes(verdict.kind)) {
    return withVoid(record, `it is listed as one that is ${entry.verdict.join(' or ')} (${reason})`);
  }
  const why = `It is line ${entry.line} of ${knownFailuresName}, so it does not fail the run.`;
  return {
    ...record,
    verdict: { kind: 'known-failure', was: verdict, reason, ...(issue === undefined ? {} : { issue }) },
    why: [...record.why, why],
  };
}

function passed(record: TestRecord, { reason, strict, line }: KnownFailure): TestRecord {
  const text = `It passed, and it is line ${line} of ${knownFailuresName}.`;
  if (!strict) {
    const verdict = { kind: 'unexpected-pass', reason: `known failure: ${reason}` } as const;
    return { ...record, verdict, why: [...record.why, text] };
  }
  const message = `${text} Take the entry off the list: it is strict. (${reason})`;
  return { ...record, verdict: { kind: 'failed' }, why: [...record.why, text], messages: [{ text: message }] };
}

function withVoid(record: TestRecord, because: string): TestRecord {
  return { ...record, attributes: [...record.attributes, { kind: 'known-failure-void', because }] };
}

function names({ test, occurrence, framework }: KnownFailure, { titlePath, ordinal, ...of }: TestInfo): boolean {
  return (
    test.length === titlePath.length &&
    test.every((title, index) => title === titlePath[index]) &&
    (occurrence === undefined || occurrence === ordinal + 1) &&
    (framework === undefined || framework === of.framework)
  );
}

function unmetProblem({ entry, folder }: Listed, unlisted: boolean): Problem {
  const title = entry.test.length > 0 ? `“${entry.test.join(' › ')}”` : 'the file itself';
  const message = unlisted
    ? `The known failure ${title} is of ${entry.file}, which is no test file here.`
    : `The known failure ${title} of ${entry.file} was not found.`;
  return {
    severity: 'warning',
    file: join(folder.path, knownFailuresName),
    line: entry.line,
    message,
    fix: 'Take the entry off the list, or mend its "file" and "test".',
  };
}
