import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { FileSelection, ProjectSelection, Selection } from '../protocol/messages.ts';
import type { Project, TestInfo } from '../protocol/tests.ts';
import { oneLine, plural } from '../reports/excerpt.ts';
import type { AgentEngine } from './engine.ts';
import { type RunInput, ToolProblem } from './input.ts';

/** Looking for a name reads files, and reading one may start a process. */
const mostRead = 300;

/** What is to be run: the files that were named, and of them the tests that were named. */
export async function choose({ files, names }: RunInput, engine: AgentEngine): Promise<Selection> {
  const projects = await engine.projects();
  if (!projects.some(project => project.files.length > 0))
    throw new ToolProblem(
      'No test files were found in this workspace. Bulkhead finds tests by the configuration of their framework.',
    );
  const selected = files.length > 0 ? filesOf(files, projects) : null;
  if (names.length > 0) return named(names, selected ?? projects.map(whole), engine);
  return selected ? { kind: 'some', projects: selected } : { kind: 'all' };
}

function whole({ id, files }: Project): ProjectSelection {
  return { project: id, files: files.map(file => ({ file })) };
}

function filesOf(paths: readonly string[], projects: readonly Project[]): ProjectSelection[] {
  const unknown = paths.filter(path => !projects.some(project => project.files.some(within(path, project))));
  if (unknown.length > 0) {
    const near = projects.flatMap(({ folder, files }) => files.map(file => relative(folder.path, file)));
    const some = near.slice(0, 10).map(path => path.replaceAll('\\', '/'));
    const more = near.length > some.length ? `, and ${near.length - some.length} more` : '';
    throw new ToolProblem(
      `Not a test file, nor a folder with test files: ${unknown.slice(0, 10).map(quoted).join(', ')}. Test files are: ${some.join(', ')}${more}.`,
    );
  }
  return projects
    .map(project => ({
      project: project.id,
      files: project.files.filter(file => paths.some(path => within(path, project)(file))).map(file => ({ file })),
    }))
    .filter(({ files }) => files.length > 0);
}

/** True of the file itself and of what is in the folder. */
function within(path: string, { folder }: Project): (file: string) => boolean {
  const target = resolve(folder.path, path);
  return file => {
    const way = relative(target, file);
    return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`));
  };
}

async function named(
  names: readonly string[],
  projects: readonly ProjectSelection[],
  engine: AgentEngine,
): Promise<Selection> {
  const count = projects.reduce((sum, { files = [] }) => sum + files.length, 0);
  if (count > mostRead)
    throw new ToolProblem(`To find these names, ${count} files would have to be read. Give "files" as well.`);
  const wanted = names.map(name => name.toLowerCase());
  const matches = (test: TestInfo) => wanted.some(name => fullTitle(test).toLowerCase().includes(name));
  const faults: string[] = [];
  const found = await Promise.all(
    projects.map(async ({ project, files = [] }): Promise<ProjectSelection> => {
      const chosen = await Promise.all(
        files.map(async ({ file }): Promise<FileSelection[]> => {
          const { tests, problem } = await engine.ask('discover', { project, file });
          if (problem) faults.push(oneLine(problem.message, 300));
          const keys = tests.filter(test => !test.dynamic && matches(test)).map(({ key }) => key);
          return keys.length > 0 ? [{ file, tests: keys }] : [];
        }),
      );
      return { project, files: chosen.flat() };
    }),
  );
  const some = found.filter(({ files }) => files?.length);
  if (some.length === 0) {
    const unread = faults.length > 0 ? ` ${plural(faults.length, 'file')} could not be read: ${faults[0]}` : '';
    const looked = `${plural(count, 'file')}`;
    throw new ToolProblem(
      `No test in ${looked} has a title with ${names.slice(0, 10).map(quoted).join(' or ')}.${unread}`,
    );
  }
  return { kind: 'some', projects: some };
}

export function fullTitle({ titlePath }: Pick<TestInfo, 'titlePath'>): string {
  return titlePath.join(' ');
}

function quoted(text: string): string {
  return `"${oneLine(text, 100)}"`;
}
