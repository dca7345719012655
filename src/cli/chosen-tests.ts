import { oneLine } from '../reports/excerpt.ts';
import type { Discovery, Problem, ProjectSelection, Selection } from '../protocol/messages.ts';
import type { TestKey } from '../protocol/tests.ts';

type Discover = (project: string, file: string) => Promise<Discovery>;

/** Of the selected files the tests with these keys alone; a key that none of them has is a problem. */
export async function onlyKeys(
  selection: Selection,
  keys: readonly TestKey[],
  discover: Discover,
): Promise<{ readonly selection: Selection; readonly problems: readonly Problem[] }> {
  if (keys.length === 0) return { selection, problems: [] };
  if (selection.kind === 'all') return { selection, problems: [withoutFile] };
  const missing = new Set(keys);
  const problems: Problem[] = [];
  const projects: ProjectSelection[] = [];
  for (const { project, files = [] } of selection.projects) {
    const chosen: { file: string; tests: TestKey[] }[] = [];
    for (const { file } of files) {
      const { tests, problem } = await discover(project, file);
      if (problem) problems.push(problem);
      const own = tests.filter(({ key }) => keys.includes(key)).map(({ key }) => key);
      for (const key of own) missing.delete(key);
      if (own.length > 0) chosen.push({ file, tests: own });
    }
    if (chosen.length > 0) projects.push({ project, files: chosen });
  }
  return {
    selection: { kind: 'some', projects },
    problems: [...(missing.size > 0 ? problems : []), ...[...missing].map(unknown)],
  };
}

const withoutFile: Problem = {
  severity: 'error',
  message: '--key needs the file of its test',
  fix: 'Name the file too: bulkhead run FILE --key KEY.',
};

function unknown(key: TestKey): Problem {
  return {
    severity: 'error',
    message: `no test of these files has the key ${oneLine(key)}`,
    fix: 'Run "bulkhead list --json FILE" to see their keys.',
  };
}
