import type { Discovery, Problem } from '../protocol/messages.ts';
import type { Project } from '../protocol/tests.ts';
import { plural } from '../reports/excerpt.ts';
import { pathIn } from '../reports/report.ts';
import { titleText } from '../reports/wording.ts';
import type { ListCommand } from './commands.ts';
import { Connection } from './connection.ts';
import { exitCodes } from './exit-codes.ts';
import { noTestsIn } from './no-tests.ts';
import type { Program } from './program.ts';
import { readSetup } from './setup.ts';
import { prepareStorage } from './storage.ts';
import { selectTargets } from './targets.ts';

interface Listing {
  readonly project: Project;
  readonly files: readonly ({ readonly file: string } & Discovery)[];
}

export async function listCommand(command: ListCommand, program: Program): Promise<number> {
  const { console, env, dist } = program;
  const setup = await readSetup(command, env, program.cwd);
  console.complain(setup.problems);
  if (!('folder' in setup) || setup.problems.some(({ severity }) => severity === 'error')) return exitCodes.usage;

  const folder = setup.folder.folder.path;
  const storage = await prepareStorage(folder);
  const connection = await Connection.open({
    dist,
    env,
    storage: storage.path,
    folder: setup.folder,
    onNotice: () => undefined,
  });
  try {
    const found = await Promise.race([connection.ask('projects', {}), program.interruption.requested]);
    if (typeof found === 'number') return found;
    if (found.problems.some(({ key, severity }) => key === 'cage.require' && severity === 'error')) {
      console.complain(found.problems);
      return exitCodes.usage;
    }
    const { selection, problems } = selectTargets(setup.targets, found.projects);
    console.complain([...found.problems, ...problems]);
    if (problems.length > 0) return exitCodes.usage;
    const wanted = selection.kind === 'all' ? wholeProjects(found.projects) : selection.projects;
    const chosen = wanted.flatMap(({ project: id, files = [] }) => {
      const project = found.projects.find(each => each.id === id);
      return project ? [{ project, files: files.map(({ file }) => file) }] : [];
    });
    const listings = await Promise.race([listAll(connection, chosen), program.interruption.requested]);
    if (typeof listings === 'number') return listings;
    return await show(listings, found.problems, folder, command, program);
  } finally {
    await connection.close();
  }
}

function wholeProjects(projects: readonly Project[]) {
  return projects.map(project => ({ project: project.id, files: project.files.map(file => ({ file })) }));
}

/** A file at a time: each is loaded in a cage of its own, and two at once would not be listed sooner on a busy machine. */
async function listAll(
  connection: Connection,
  chosen: readonly { readonly project: Project; readonly files: readonly string[] }[],
): Promise<Listing[]> {
  const listings: Listing[] = [];
  for (const { project, files } of chosen) {
    const listed = [];
    for (const file of files)
      listed.push({ file, ...(await connection.ask('discover', { project: project.id, file })) });
    listings.push({ project, files: listed });
  }
  return listings;
}

async function show(
  listings: readonly Listing[],
  problems: readonly Problem[],
  folder: string,
  command: ListCommand,
  { console, version }: Program,
): Promise<number> {
  const files = listings.flatMap(listing => listing.files);
  const broken = files.flatMap(({ problem }) => (problem ? [problem] : []));
  if (command.json) {
    const document = { format: 1, bulkhead: version, folder, projects: listings.map(inJson), problems };
    await console.document([`${JSON.stringify(document, null, 2)}\n`]);
  } else {
    for (const { project, files } of listings) {
      const { label, framework } = project;
      console.people.print(console.people.style('bold', label === framework ? label : `${label} (${framework})`));
      for (const { file, tests } of files) {
        console.people.print(`  ${pathIn(folder, file)}`);
        for (const test of tests) console.people.print(`    ${titleText(test)}`);
      }
    }
    const count = files.reduce((sum, { tests }) => sum + tests.length, 0);
    console.people.print(`${plural(count, 'test')} in ${plural(files.length, 'file')}`);
  }
  console.complain(broken);
  if (broken.length > 0) return exitCodes.failed;
  if (problems.some(({ severity }) => severity === 'error')) return exitCodes.usage;
  if (files.some(({ tests }) => tests.length > 0)) return exitCodes.passed;
  console.complain([noTestsIn(folder)]);
  return exitCodes.noTests;

  function inJson({ project: { id, framework, label, root }, files }: Listing): object {
    return {
      id,
      framework,
      label,
      root: pathIn(folder, root),
      files: files.map(({ file, tests, problem }) => ({
        file: pathIn(folder, file),
        tests: tests.map(({ key, titlePath, ordinal, line, column }) => ({ key, titlePath, ordinal, line, column })),
        ...(problem ? { problem } : {}),
      })),
    };
  }
}
