import { basename } from 'node:path';
import type { CommandSettings } from '../../config/settings.ts';
import type { Discovery } from '../../protocol/messages.ts';
import { type Project, type TestInfo, testKey } from '../../protocol/tests.ts';
import type { DetectionContext } from '../framework.ts';
import { lastLines } from '../lines.ts';
import { launchLine } from './entries.ts';

/** The tests of a file as its list command prints them, one a line. */
export async function listTests(
  project: Project,
  file: string,
  { list, ...entry }: CommandSettings,
  { tool }: DetectionContext,
): Promise<Discovery> {
  const outcome = await tool.run(launchLine(list!, entry, { file, folder: project.folder.path }));
  if (outcome.failure !== null) {
    const message = `The tests of ${basename(file)} cannot be listed: "${list![0]}" ${outcome.failure}.`;
    const said = lastLines(outcome.stderr);
    const fix = 'Correct the "list" of this command, or what it runs.';
    return { tests: [], problem: { severity: 'error', file, message: said ? `${message}\n${said}` : message, fix } };
  }
  const seen = new Map<string, number>();
  const tests = outcome.stdout.split('\n').flatMap((line): TestInfo[] => {
    const title = line.replace(/\r$/, '');
    if (title.trim() === '') return [];
    const ordinal = seen.get(title) ?? 0;
    seen.set(title, ordinal + 1);
    const identity = { framework: project.framework, file, titlePath: [title], ordinal };
    return [{ ...identity, key: testKey(project, identity) }];
  });
  return { tests };
}
