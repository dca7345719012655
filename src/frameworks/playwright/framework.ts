import type { Settings } from '../../config/settings.ts';
import type { Discovery } from '../../protocol/messages.ts';
import type { Project, TestInfo } from '../../protocol/tests.ts';
import { discoveryOf } from '../discovery.ts';
import type { Detection, DetectionContext, Framework, Launch } from '../framework.ts';
import { outlineJavaScript } from '../outline/javascript.ts';
import { playwrightWords } from '../outline/vocabulary.ts';
import { detectProjects } from './detection.ts';
import { PlaywrightLauncher } from './launcher.ts';
import { workerProgram } from './worker-program.ts';

/** Playwright's test runner, in the version that the project itself has. */
export class PlaywrightFramework implements Framework {
  readonly name = 'playwright';
  readonly reporting = 'events';
  readonly diagnostics = { kind: 'node', program: workerProgram } as const;
  readonly #launcher: PlaywrightLauncher;

  constructor(inside: string) {
    this.#launcher = new PlaywrightLauncher(inside);
  }

  detect(context: DetectionContext): Promise<Detection> {
    return detectProjects(context, this.#launcher);
  }

  async discover(project: Project, file: string, { settings, tool }: DetectionContext): Promise<Discovery> {
    const outcome = await tool.run(this.launch(project, [], settings), { mode: 'discover', file });
    return discoveryOf(project, file, outcome);
  }

  outline(project: Project, file: string, text: string): readonly TestInfo[] {
    return outlineJavaScript(project, file, text, playwrightWords);
  }

  /** Which tests, playwright-run learns from its order. */
  launch(project: Project, _tests: readonly TestInfo[], settings: Settings): Launch {
    return this.#launcher.run(project, settings);
  }
}
