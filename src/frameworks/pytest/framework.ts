import type { Settings } from '../../config/settings.ts';
import type { Discovery } from '../../protocol/messages.ts';
import type { Project, TestInfo } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Framework, Launch } from '../framework.ts';
import { detectProjects } from './detection.ts';
import { discoveryOf } from './discovery.ts';
import { PytestLauncher } from './launcher.ts';

/** Pytest from 7 on, in the user's own Python with all of its plugins. */
export class PytestFramework implements Framework {
  readonly name = 'pytest';
  readonly reporting = 'events';
  readonly #launcher: PytestLauncher;

  constructor(inside: string) {
    this.#launcher = new PytestLauncher(inside);
  }

  async detect(context: DetectionContext): Promise<Detection> {
    const { projects, problems } = await detectProjects(context, this.#launcher);
    return { projects, problems };
  }

  async discover(project: Project, file: string, { settings, tool }: DetectionContext): Promise<Discovery> {
    const outcome = await tool.run(this.launch(project, [], settings), { mode: 'discover', file });
    return discoveryOf(project, file, outcome);
  }

  /** Which tests, pytest_run.py learns from its order. */
  launch(project: Project, _tests: readonly TestInfo[], settings: Settings): Launch {
    return this.#launcher.run(project, settings);
  }
}
