import type { Settings } from '../../config/settings.ts';
import type { Discovery } from '../../protocol/messages.ts';
import type { Project, TestInfo } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Framework, Launch } from '../framework.ts';
import { discoveryOf } from '../discovery.ts';
import { detectProjects } from './detection.ts';
import { outlineJavaScript } from '../outline/javascript.ts';
import { mochaWords } from '../outline/vocabulary.ts';
import { MochaLauncher } from './launcher.ts';

/** Mocha from 9 on, in the version that the project itself has. */
export class MochaFramework implements Framework {
  readonly name = 'mocha';
  readonly reporting = 'events';
  readonly coverage = 'v8';
  readonly debugs = true;
  readonly diagnostics = { kind: 'node', program: /mocha-run\.cjs/ } as const;
  readonly #launcher: MochaLauncher;

  constructor(inside: string) {
    this.#launcher = new MochaLauncher(inside);
  }

  detect(context: DetectionContext): Promise<Detection> {
    return detectProjects(context, this.#launcher);
  }

  async discover(project: Project, file: string, { settings, tool }: DetectionContext): Promise<Discovery> {
    const outcome = await tool.run(this.launch(project, [], settings), { mode: 'discover', file });
    return discoveryOf(project, file, outcome);
  }

  outline(project: Project, file: string, text: string): readonly TestInfo[] {
    return outlineJavaScript(project, file, text, mochaWords);
  }

  /** Which tests, mocha-run learns from its order. */
  launch(project: Project, _tests: readonly TestInfo[], settings: Settings): Launch {
    return this.#launcher.run(project, settings);
  }
}
