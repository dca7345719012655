import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { InsideBody } from '../../protocol/events.ts';
import type { Discovery, Problem } from '../../protocol/messages.ts';
import { type Project, type TestInfo, testKey } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Framework, Launch, OutputTranslator } from '../framework.ts';
import { goArguments } from './arguments.ts';
import { buildPackage, programOf } from './build.ts';
import { findModules, moduleAt } from './modules.ts';
import { goFunctions } from './outline.ts';
import { runPattern } from './pattern.ts';
import { type Toolchain, toolchainFor } from './toolchain.ts';
import { GoTranslator } from './translator.ts';

/** `go test` from 1.19 on: each package is built once a run, and its test program started for each unit. */
export class GoFramework implements Framework {
  readonly name = 'go';
  readonly reporting = 'output';
  readonly #builds: string;
  readonly #toolchains = new Map<string, Toolchain>();

  constructor(builds: string) {
    this.#builds = builds;
  }

  async detect(context: DetectionContext): Promise<Detection> {
    if (!context.settings.go.enabled) return { projects: [], problems: [] };
    const { roots, problems } = await findModules(context);
    const found = await Promise.all(roots.map(root => this.#look(root, context)));
    const projects = found.flatMap(each => ('severity' in each || each.files.length === 0 ? [] : [each]));
    return { projects, problems: [...problems, ...found.filter(each => 'severity' in each)] };
  }

  prepare(project: Project, file: string, context: DetectionContext): Promise<Problem | null> {
    return buildPackage(project, file, context);
  }

  async discover(project: Project, file: string): Promise<Discovery> {
    return { tests: this.outline(project, file, await readFile(file, 'utf8')) };
  }

  outline(project: Project, file: string, text: string): readonly TestInfo[] {
    return goFunctions(text).map(({ name, line }) => {
      const identity = { framework: this.name, file, titlePath: [name], ordinal: 0 };
      return { ...identity, key: testKey(project, identity), line };
    });
  }

  launch(project: Project, tests: readonly TestInfo[], settings: Settings): Launch {
    const directory = dirname(tests[0]!.file);
    const verbose = this.#marks(project) ? 'test2json' : 'true';
    const pattern = runPattern(tests.map(({ titlePath }) => titlePath));
    return {
      file: programOf(directory, { builds: this.#builds, settings }),
      args: [`-test.run=${pattern}`, `-test.v=${verbose}`, '-test.timeout=0', ...goArguments(settings.go.args).program],
      cwd: directory,
      env: settings.go.env,
    };
  }

  translate(project: Project, tests: readonly TestInfo[], say: (event: InsideBody) => void): OutputTranslator {
    return new GoTranslator(tests, { directory: dirname(tests[0]!.file), marked: this.#marks(project) }, say);
  }

  async #look(root: string, context: DetectionContext): Promise<Project | Problem> {
    const toolchain = await toolchainFor(root, context);
    if ('severity' in toolchain) return toolchain;
    this.#toolchains.set(root, toolchain);
    return moduleAt(root, context);
  }

  /** From 1.20 on a line of Go's own can be told from one that a test prints. */
  #marks({ root }: Project): boolean {
    return (this.#toolchains.get(root)?.minor ?? 0) >= 20;
  }
}
