import type { Settings } from '../../config/settings.ts';
import type { Discovery } from '../../protocol/messages.ts';
import type { Project, TestInfo } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Framework, Launch } from '../framework.ts';
import { discoveryOf } from '../discovery.ts';
import { outlineJavaScript } from '../outline/javascript.ts';
import { vitestWords } from '../outline/vocabulary.ts';
import { detectProjects } from './detection.ts';
import { workerProgram } from './worker-program.ts';
import { VitestLauncher } from './launcher.ts';

/** Vitest, in the version that the project itself has. */
export class VitestFramework implements Framework {
  readonly name = 'vitest';
  readonly reporting = 'events';
  readonly coverage = 'v8-inside';
  readonly debugs = true;
  readonly diagnostics = { kind: 'node', program: workerProgram } as const;
  readonly #launcher: VitestLauncher;

  constructor(inside: string) {
    this.#launcher = new VitestLauncher(inside);
  }

  detect(context: DetectionContext): Promise<Detection> {
    return detectProjects(context, this.#launcher);
  }

  async discover(project: Project, file: string, { settings, tool }: DetectionContext): Promise<Discovery> {
    const outcome = await tool.run(this.launch(project, [], settings), { mode: 'discover', file });
    return discoveryOf(project, file, outcome);
  }

  outline(project: Project, file: string, text: string): readonly TestInfo[] {
    return outlineJavaScript(project, file, text, vitestWords);
  }

  /** Which tests, the worker learns from its order. */
  launch(project: Project, _tests: readonly TestInfo[], settings: Settings): Launch {
    return this.#launcher.run(project, settings);
  }
}
