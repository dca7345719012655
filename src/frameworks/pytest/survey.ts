import type { SourceSurvey } from '../../protocol/coverage.ts';
import type { DetectionContext, Launch } from '../framework.ts';
import { readMarked } from './listing.ts';

/** Their names must fit into a command line. */
const filesAtOnce = 200;

const marker = '\u0001bulkhead-survey:';

/**
 * Asks for what of files could run, in cages with the limits of a build; files that cannot be read are left out. Throws at the end
 * where one of the cages came to a bad one.
 */
export async function* surveyOf(
  launch: (files: readonly string[]) => Launch,
  files: readonly string[],
  { tool, settings }: DetectionContext,
): AsyncGenerator<readonly SourceSurvey[]> {
  const allowance = { memoryBytes: settings['build.memory'], ms: settings['build.timeout'] };
  const failures: string[] = [];
  for (let from = 0; from < files.length; from += filesAtOnce) {
    const asked = files.slice(from, from + filesAtOnce);
    const { stdout, stderr, failure } = await tool.run(launch(asked), undefined, allowance);
    const surveys = readMarked<readonly SourceSurvey[]>(stdout, marker);
    if (!surveys)
      failures.push(`of ${asked.length}, for coverage.py ${failure ?? 'gave no answer'}${lastWords(stderr)}`);
    yield surveys ?? [];
  }
  if (failures.length > 0) throw new Error(failures.join('; '));
}

function lastWords(stderr: string): string {
  const last = stderr.trim().split('\n').at(-1);
  return last ? ` (${last.slice(0, 200)})` : '';
}
