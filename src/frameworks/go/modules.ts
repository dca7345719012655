import { dirname, join, relative } from 'node:path';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { DetectionContext } from '../framework.ts';
import { findManifests } from '../manifests.ts';
import { goArguments } from './arguments.ts';
import { goProgram } from './toolchain.ts';
import { firstLines } from '../lines.ts';

/** What the go command itself passes over. */
const passedOver = ['**/vendor/**', '**/testdata/**', '**/_*/**', '**/.*/**', '**/node_modules/**'];

/** The folders below which there is a go.mod, and those of the settings that have none. */
export async function findModules(
  context: DetectionContext,
): Promise<{ readonly roots: readonly string[]; readonly problems: readonly Problem[] }> {
  const { files, problems } = await findManifests(context, 'go', 'go.mod', passedOver);
  return { roots: files.map(file => dirname(file)).sort(), problems };
}

interface Package {
  readonly Dir: string;
  readonly TestGoFiles?: readonly string[];
  readonly XTestGoFiles?: readonly string[];
}

/** The module with the test files that Go itself would build here: constraints and tags leave others out. */
export async function moduleAt(root: string, context: DetectionContext): Promise<Project | Problem> {
  const { folder, settings, tool } = context;
  const { stdout, stderr, failure } = await tool.run({
    file: goProgram(settings, folder),
    args: ['list', '-find', '-e', '-json=Dir,TestGoFiles,XTestGoFiles', ...goArguments(settings.go.args).list, './...'],
    cwd: root,
    env: settings.go.env,
  });
  if (failure !== null) {
    return {
      severity: 'error',
      file: join(root, 'go.mod'),
      message: `The packages of this module cannot be listed; "go list" ${failure}.\n${firstLines(stderr)}`,
      fix: 'Try "go list ./..." in that folder.',
    };
  }
  const packages = stdout
    .split(/^(?=\{)/m)
    .filter(text => text.trim())
    .map(text => JSON.parse(text) as Package);
  const files = packages.flatMap(({ Dir, TestGoFiles = [], XTestGoFiles = [] }) =>
    [...TestGoFiles, ...XTestGoFiles].map(name => join(Dir, name)),
  );
  return projectOf(root, folder, files.sort());
}

function projectOf(root: string, folder: Folder, files: readonly string[]): Project {
  const below = relative(folder.path, root).replaceAll('\\', '/');
  return {
    id: `go:${folder.name}:${below || '.'}`,
    framework: 'go',
    folder,
    root,
    label: below ? `go · ${below}` : 'go',
    files,
    watch: ['go.mod', '**/*_test.go'],
  };
}
