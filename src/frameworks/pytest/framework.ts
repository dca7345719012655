import type { Settings } from '../../config/settings.ts';
import type { Discovery } from '../../protocol/messages.ts';
import { type Project, type TestInfo, testKey } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Framework, Launch } from '../framework.ts';
import { outlinePython, type PythonNames } from '../outline/python.ts';
import { detectProjects } from './detection.ts';
import { discoveryOf } from '../discovery.ts';
import { PytestLauncher } from './launcher.ts';
import { withAdvice } from './missing-module.ts';
import { testNamedBy } from './origin.ts';
import { surveyOf } from './survey.ts';

/** A text of this size is generated, and the window must not wait for it at each stroke. */
const longestText = 4 * 1024 ** 2;

/** Pytest from 7 on, in the user's own Python with all of its plugins. */
export class PytestFramework implements Framework {
  readonly name = 'pytest';
  readonly reporting = 'events';
  readonly coverage = 'coverage.py';
  readonly debugs = true;
  readonly #launcher: PytestLauncher;
  readonly #names = new Map<string, PythonNames>();

  constructor(inside: string) {
    this.#launcher = new PytestLauncher(inside);
  }

  async detect(context: DetectionContext): Promise<Detection> {
    const { projects, problems, found } = await detectProjects(context, this.#launcher);
    for (const { candidate, listing } of found) this.#names.set(candidate.root, listing);
    return { projects, problems };
  }

  async discover(project: Project, file: string, { settings, tool }: DetectionContext): Promise<Discovery> {
    const launch = this.launch(project, [], settings);
    const outcome = await tool.run(launch, { mode: 'discover', file });
    return withAdvice(discoveryOf(project, file, outcome), { root: project.root, python: launch.file });
  }

  outline(project: Project, file: string, text: string): readonly TestInfo[] {
    if (!file.endsWith('.py') || text.length > longestText) return [];
    return outlinePython(text, this.#names.get(project.root)).map(test => {
      const identity = { framework: this.name, file, titlePath: test.titlePath, ordinal: 0 };
      return { ...test, ...identity, key: testKey(project, identity) };
    });
  }

  survey(project: Project, files: readonly string[], config: string | null, context: DetectionContext) {
    return surveyOf(batch => this.#launcher.survey(project, batch, config, context.settings), files, context);
  }

  /** Which tests, pytest_run.py learns from its order. */
  launch(project: Project, _tests: readonly TestInfo[], settings: Settings): Launch {
    return this.#launcher.run(project, settings);
  }

  originOf(tests: readonly TestInfo[], variable: (name: string) => string | null): TestInfo | null {
    return testNamedBy(tests, variable('PYTEST_CURRENT_TEST'));
  }
}
