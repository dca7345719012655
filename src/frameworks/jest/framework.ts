import type { Settings } from '../../config/settings.ts';
import type { Discovery } from '../../protocol/messages.ts';
import type { Project, TestInfo } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Framework, Launch } from '../framework.ts';
import { discoveryOf } from '../discovery.ts';
import { outlineJavaScript } from '../outline/javascript.ts';
import { jestWords } from '../outline/vocabulary.ts';
import { detectProjects } from './detection.ts';
import { JestLauncher } from './launcher.ts';

/** Jest, in the version that the project itself has. */
export class JestFramework implements Framework {
  readonly name = 'jest';
  readonly reporting = 'events';
  readonly coverage = 'v8-inside';
  readonly debugs = true;
  readonly diagnostics = { kind: 'node', program: /jest-run\.cjs/ } as const;
  readonly #launcher: JestLauncher;

  constructor(inside: string) {
    this.#launcher = new JestLauncher(inside);
  }

  detect(context: DetectionContext): Promise<Detection> {
    return detectProjects(context, this.#launcher);
  }

  async discover(project: Project, file: string, { settings, tool }: DetectionContext): Promise<Discovery> {
    const outcome = await tool.run(this.launch(project, [], settings), { mode: 'discover', file });
    return discoveryOf(project, file, outcome);
  }

  outline(project: Project, file: string, text: string): readonly TestInfo[] {
    return outlineJavaScript(project, file, text, jestWords);
  }

  /** Which tests, jest-run learns from its order. */
  launch(project: Project, _tests: readonly TestInfo[], settings: Settings): Launch {
    return this.#launcher.run(project, settings);
  }
}
