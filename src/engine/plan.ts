import { existsSync } from 'node:fs';
import type { SettingsLayer } from '../config/settings.ts';
import type { FileSelection, Problem, Selection } from '../protocol/messages.ts';
import { type Project, type TestInfo, type TestKey, testKey } from '../protocol/tests.ts';
import type { Errand } from './errand.ts';
import type { Workspace } from './workspace.ts';

/** A file of the selection, and the tests wanted of it (absent: all). */
export interface PlannedFile {
  readonly project: Project;
  readonly file: string;
  readonly wanted?: readonly TestKey[];
  /** Somebody picked these tests out of it; a run that goes on wants only some of a whole file too. */
  readonly chosen?: boolean;
}

/** The tests of a file as they will be run, and what kept others from being planned. */
export interface FilePlan {
  readonly tests: readonly TestInfo[];
  /** Stands for the file where its tests cannot be known; it gets the verdict. */
  readonly broken: { readonly test: TestInfo; readonly problem: Problem } | null;
  readonly problems: readonly Problem[];
}

export function expandSelection(
  selection: Selection,
  workspace: Workspace,
): { readonly files: readonly PlannedFile[]; readonly problems: readonly Problem[] } {
  if (selection.kind === 'all') return { files: workspace.projects.flatMap(wholeProject), problems: [] };
  const files: PlannedFile[] = [];
  const problems: Problem[] = [];
  for (const { project: id, files: chosen } of selection.projects) {
    const project = workspace.project(id);
    if (!project) {
      problems.push({ severity: 'error', message: `There is no project ${id} any more.`, fix: 'Refresh the tests.' });
    } else if (!chosen) files.push(...wholeProject(project));
    else files.push(...chosen.map(one => plannedFile(project, one)));
  }
  return { files, problems };
}

/** Asks the framework for the file's tests, unless every wanted one is known from the last look. */
export async function planFile(
  { project, file, wanted }: PlannedFile,
  workspace: Workspace,
  overrides: SettingsLayer,
  errand: Errand,
): Promise<FilePlan> {
  if (!existsSync(file)) {
    const problem: Problem = {
      severity: 'error',
      file,
      message: 'This file does not exist any more.',
      fix: 'Refresh the tests.',
    };
    return { tests: [], broken: { test: wholeFile(project, file), problem }, problems: [] };
  }
  const unbuilt = await workspace.prepare(project, file, overrides, errand);
  if (unbuilt) return { tests: [], broken: { test: wholeFile(project, file), problem: unbuilt }, problems: [] };
  const known = workspace.known(project, file);
  if (wanted && known && wanted.every(key => known.has(key))) {
    return { tests: withoutCovered(wanted.map(key => known.get(key)!)), broken: null, problems: [] };
  }
  const { tests, problem } = await workspace.discover(project, file, overrides, errand);
  const problems = problem?.severity === 'warning' ? [problem] : [];
  if (problem?.severity === 'error') {
    return { tests: [], broken: { test: wholeFile(project, file), problem }, problems };
  }
  if (!wanted) return { tests: tests.filter(test => !test.dynamic), broken: null, problems };
  const chosen = new Set(wanted);
  const found = tests.filter(test => chosen.has(test.key));
  if (found.length === chosen.size) return { tests: withoutCovered(found), broken: null, problems };
  const missing: Problem = {
    severity: 'warning',
    file,
    message: `${chosen.size - found.length} of the selected tests are not in this file any more.`,
    fix: 'Refresh the tests and select them again.',
  };
  return { tests: withoutCovered(found), broken: null, problems: [...problems, missing] };
}

/** A test that is found while another one runs comes with that one: with the test that it is a part of, or one of its suite. */
function withoutCovered(tests: readonly TestInfo[]): readonly TestInfo[] {
  if (!tests.some(test => test.dynamic)) return tests;
  const chosen = new Set(tests.map(({ titlePath }) => JSON.stringify(titlePath)));
  const listed = tests.filter(test => !test.dynamic);
  const suites = new Set(listed.flatMap(({ titlePath }) => above(titlePath)));
  return tests.filter(({ dynamic, titlePath }) => {
    const suite = JSON.stringify(titlePath.slice(0, -1));
    return !dynamic || !(suites.has(suite) || above(titlePath).some(ref => chosen.has(ref)));
  });
}

/** The title paths that this one goes on from, the empty one of the file first. */
function above(titlePath: readonly string[]): string[] {
  return titlePath.map((_, depth) => JSON.stringify(titlePath.slice(0, depth)));
}

/** The tests that are known without a look into the file; without any, the file stands for them. */
export function knownTests({ project, file, wanted }: PlannedFile, workspace: Workspace): readonly TestInfo[] {
  const known = workspace.known(project, file);
  const tests = wanted ? wanted.flatMap(key => known?.get(key) ?? []) : [...(known?.values() ?? [])];
  return tests.length > 0 ? tests : [wholeFile(project, file)];
}

/** A file as a test of its own: an empty title path. */
export function wholeFile(project: Project, file: string): TestInfo {
  const identity = { framework: project.framework, file, titlePath: [], ordinal: 0 };
  return { ...identity, key: testKey(project, identity) };
}

function wholeProject(project: Project): PlannedFile[] {
  return project.files.map(file => ({ project, file }));
}

function plannedFile(project: Project, { file, tests }: FileSelection): PlannedFile {
  return { project, file, ...(tests ? { wanted: tests, chosen: true } : {}) };
}
