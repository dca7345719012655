import type { Settings } from '../../config/settings.ts';
import type { InsideBody } from '../../protocol/events.ts';
import type { Discovery, Problem } from '../../protocol/messages.ts';
import { type Project, type TestInfo, testKey } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Framework, Launch, OutputTranslator } from '../framework.ts';
import { buildTree } from './build.ts';
import { ctestLaunch, detectCtest, listAt } from './detection.ts';
import type { CtestTest } from './listing.ts';
import { CtestTranslator } from './translator.ts';

/** ctest from 3.14 on, in folders that cmake has configured: built once a run, and each test chosen by its number. */
export class CtestFramework implements Framework {
  readonly name = 'ctest';
  readonly reporting = 'output';
  /** As listed last: each run lists anew when it has built. */
  readonly #listed = new Map<string, ReadonlyMap<string, CtestTest>>();

  async detect(context: DetectionContext): Promise<Detection> {
    return context.settings.ctest.enabled ? detectCtest(context) : { projects: [], problems: [] };
  }

  prepare(project: Project, _file: string, context: DetectionContext): Promise<Problem | null> {
    return context.once(`ctest ${project.root}`, async () => {
      const problem = await buildTree(project.root, context);
      if (problem) return problem;
      const listed = await this.#listOnce(project, context);
      return 'severity' in listed ? listed : null;
    });
  }

  async discover(project: Project, file: string, context: DetectionContext): Promise<Discovery> {
    const listed = await this.#listOnce(project, context);
    if ('severity' in listed) return { tests: [], problem: listed };
    return { tests: listed.filter(test => test.file === file) };
  }

  launch(project: Project, tests: readonly TestInfo[], settings: Settings): Launch {
    const numbers = this.#ordered(project, tests).map(({ number }) => number);
    const [first = 0] = numbers;
    const chosen = [first, first, 1, ...numbers.slice(1)].join(',');
    // Its own parallelism would make one cage's tests each other's neighbours.
    return ctestLaunch(project.root, project.folder, settings, ['-V', '-j', '1', '-I', chosen]);
  }

  translate(project: Project, tests: readonly TestInfo[], say: (event: InsideBody) => void): OutputTranslator {
    return new CtestTranslator(this.#ordered(project, tests), say);
  }

  #ordered(project: Project, tests: readonly TestInfo[]) {
    const listed = this.#listed.get(project.id);
    return tests.flatMap(test => {
      const found = listed?.get(test.key);
      return found ? [{ test, number: found.number, willFail: found.willFail }] : [];
    });
  }

  #listOnce(project: Project, context: DetectionContext): Promise<readonly TestInfo[] | Problem> {
    return context.once(`ctest list ${project.root}`, () => this.#list(project, context));
  }

  async #list(project: Project, context: DetectionContext): Promise<readonly TestInfo[] | Problem> {
    const listed = await listAt(project.root, context);
    if ('severity' in listed) return listed;
    const seen = new Map<string, number>();
    const byKey = new Map<string, CtestTest>();
    const tests = listed.map((each): TestInfo => {
      const { name, file, line, tags } = each;
      const ordinal = seen.get(`${file}\0${name}`) ?? 0;
      seen.set(`${file}\0${name}`, ordinal + 1);
      const identity = { framework: this.name, file, titlePath: [name], ordinal };
      const key = testKey(project, identity);
      byKey.set(key, each);
      const marks = tags.length > 0 ? { tags } : {};
      return { ...identity, key, ...(line === undefined ? {} : { line }), ...marks };
    });
    this.#listed.set(project.id, byKey);
    return tests;
  }
}
