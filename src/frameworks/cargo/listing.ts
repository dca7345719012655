import type { DetectionContext } from '../framework.ts';
import type { RustFile } from './files.ts';
import type { Start } from './probe.ts';
import { lastLines } from '../lines.ts';

/** What a program answers when it is asked for its tests; null: it knows nothing of that question. */
export async function listed(
  start: Start,
  own: readonly string[],
  { tool }: DetectionContext,
): Promise<{ readonly names: readonly string[] } | { readonly failure: string; readonly said: string }> {
  const { stdout, stderr, failure } = await tool.run({
    file: start.program,
    args: ['--list', '--format', 'terse', ...own],
    cwd: start.cwd,
    env: start.env,
  });
  if (failure !== null) return { failure, said: lastLines(`${stdout}\n${stderr}`, 40) };
  const names: string[] = [];
  for (const line of stdout.split(/\r?\n/)) {
    const [, name, kind] = /^(.*): (test|benchmark)$/.exec(line) ?? [];
    if (name !== undefined) names.push(...(kind === 'test' ? [name] : []));
    else if (line.trim() !== '') return { failure: 'did not print a list', said: lastLines(stdout, 40) };
  }
  return { names };
}

/** What a program with a main of its own runs only when asked for what is ignored. One that does not know this word lists all. */
export async function ignoredIn(
  start: Start,
  own: readonly string[],
  names: readonly string[],
  context: DetectionContext,
): Promise<ReadonlySet<string>> {
  if (own.includes('--ignored') || own.includes('--include-ignored')) return new Set();
  const answer = await listed(start, ['--ignored', ...own], context);
  return new Set('names' in answer && answer.names.length < names.length ? answer.names : []);
}

export interface Placed {
  readonly file: string;
  readonly titlePath: readonly string[];
  readonly line?: number;
}

/** The file and the line of a test by its name, which is the path of its modules. */
export function placeOf(name: string, files: readonly RustFile[]): Placed {
  const parts = name.split('::');
  const within = files.filter(
    ({ module }) => module.length < parts.length && module.every((each, at) => each === parts[at]),
  );
  const nearest = within.sort((one, other) => other.module.length - one.module.length)[0];
  if (!nearest) return { file: files[0]!.file, titlePath: parts };
  const titlePath = parts.slice(nearest.module.length);
  const { tests, functions } = nearest.outline;
  // Macros make a module of a function, and tests in it.
  const line = [...tests, ...functions]
    .filter(({ path }) => path.every((each, at) => each === titlePath[at]))
    .sort((one, other) => other.path.length - one.path.length)[0]?.line;
  return { file: nearest.file, titlePath, ...(line === undefined ? {} : { line }) };
}
