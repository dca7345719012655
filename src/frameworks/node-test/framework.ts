import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { Discovery } from '../../protocol/messages.ts';
import type { Project, TestInfo } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Framework, Launch } from '../framework.ts';
import { discoveryOf } from '../discovery.ts';
import { nodeFor } from '../javascript/program.ts';
import { outlineJavaScript } from '../outline/javascript.ts';
import { nodeTestWords } from '../outline/vocabulary.ts';
import { detectProjects } from './detection.ts';
import { testScriptIn } from './script.ts';

/** Prints nothing: what a test prints is its own, and its verdict comes by the pipe. */
const quiet =
  '--test-reporter=data:text/javascript,export default async function*(source) { for await (const _ of source); }';

/** Node's own test runner, in Node 20 and later. The file is the program, as under `node --test`, without a process between. */
export class NodeTestFramework implements Framework {
  readonly name = 'node-test';
  readonly reporting = 'events';
  readonly coverage = 'v8';
  readonly debugs = true;
  readonly #inside: string;

  constructor(inside: string) {
    this.#inside = inside;
  }

  detect(context: DetectionContext): Promise<Detection> {
    return detectProjects(context);
  }

  async discover(project: Project, file: string, { settings, tool }: DetectionContext): Promise<Discovery> {
    const outcome = await tool.run(this.#launch(project, file, settings), { mode: 'discover', file });
    return discoveryOf(project, file, outcome);
  }

  outline(project: Project, file: string, text: string): readonly TestInfo[] {
    return outlineJavaScript(project, file, text, nodeTestWords);
  }

  launch(project: Project, tests: readonly TestInfo[], settings: Settings): Launch {
    return this.#launch(project, tests[0]!.file, settings);
  }

  #launch({ root, folder }: Project, file: string, settings: Settings): Launch {
    const { args, env } = settings['node-test'];
    const reporters = `${process.env['NODE_OPTIONS'] ?? ''} ${env['NODE_OPTIONS'] ?? ''} ${args.join(' ')}`;
    return {
      file: nodeFor('node-test', settings, folder),
      args: [
        ...['-r', join(this.#inside, 'node-test.cjs')],
        // More than one would need a destination for each.
        ...(reporters.includes('--test-reporter') ? [] : [quiet]),
        ...(testScriptIn(root)?.nodeArgs ?? []),
        ...args,
        file,
      ],
      cwd: root,
      env,
    };
  }
}
