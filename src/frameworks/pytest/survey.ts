import type { SourceSurvey } from '../../protocol/coverage.ts';
import type { DetectionContext, Launch } from '../framework.ts';
import { readMarked } from './listing.ts';

/** Their names must fit into a command line. */
const filesAtOnce = 200;

const marker = '\u0001bulkhead-survey:';

/** Asks for what of files could run, in cages with the limits of a build; files that are not told of are left out. */
export async function* surveyOf(
  launch: (files: readonly string[]) => Launch,
  files: readonly string[],
  { tool, settings }: DetectionContext,
): AsyncGenerator<readonly SourceSurvey[]> {
  const allowance = { memoryBytes: settings['build.memory'], ms: settings['build.timeout'] };
  for (let from = 0; from < files.length; from += filesAtOnce) {
    const { stdout } = await tool.run(launch(files.slice(from, from + filesAtOnce)), undefined, allowance);
    yield readMarked<readonly SourceSurvey[]>(stdout, marker) ?? [];
  }
}
