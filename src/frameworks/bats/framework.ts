import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Settings } from '../../config/settings.ts';
import type { InsideBody } from '../../protocol/events.ts';
import type { Discovery } from '../../protocol/messages.ts';
import { type Project, type TestInfo, testKey } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Framework, Launch, OutputTranslator } from '../framework.ts';
import { detectBats, programFor } from './detection.ts';
import { batsTests } from './outline.ts';
import { BatsTranslator, inOrder } from './translator.ts';

/** Bats from 1.5 on: the first that shows the beginning of each test to a formatter of its own. */
export class BatsFramework implements Framework {
  readonly name = 'bats';
  readonly reporting = 'output';
  readonly waitsForHolders = true;
  /** By workspace folder: the bats that it has a checkout of. */
  readonly #checkedOut = new Map<string, string | null>();

  async detect(context: DetectionContext): Promise<Detection> {
    if (!context.settings.bats.enabled) return { projects: [], problems: [] };
    const { projects, problems, checkedOut } = await detectBats(context);
    this.#checkedOut.set(context.folder.path, checkedOut);
    return { projects, problems };
  }

  async discover(project: Project, file: string): Promise<Discovery> {
    return { tests: this.outline(project, file, await readFile(file, 'utf8')) };
  }

  outline(project: Project, file: string, text: string): readonly TestInfo[] {
    const seen = new Map<string, number>();
    return batsTests(text).map(({ name, line, tags }) => {
      const ordinal = seen.get(name) ?? 0;
      seen.set(name, ordinal + 1);
      const identity = { framework: this.name, file, titlePath: [name], ordinal };
      return { ...identity, key: testKey(project, identity), line, ...(tags.length > 0 ? { tags } : {}) };
    });
  }

  launch(project: Project, tests: readonly TestInfo[], settings: Settings): Launch {
    const { file } = tests[0]!;
    // One argument holds 128 KiB, so that all tests of a file are better not named.
    const everything = batsTests(readFileSync(file, 'utf8')).length === tests.length;
    const filter = everything
      ? []
      : ['--filter', `^(${tests.map(({ titlePath }) => quoted(titlePath[0]!)).join('|')})$`];
    return {
      file: programFor(project, this.#checkedOut.get(project.folder.path) ?? null, settings),
      args: [...settings.bats.args, '--formatter', 'cat', '--timing', '--jobs', '1', ...filter, file],
      cwd: project.root,
      env: settings.bats.env,
    };
  }

  translate(_project: Project, tests: readonly TestInfo[], say: (event: InsideBody) => void): OutputTranslator {
    return new BatsTranslator(tests, say);
  }

  /** Of a bats that a test runs itself, the file is another. */
  originOf(tests: readonly TestInfo[], variable: (name: string) => string | null): TestInfo | null {
    if (variable('BATS_TEST_FILENAME') !== tests[0]?.file) return null;
    return inOrder(tests)[Number(variable('BATS_TEST_NUMBER')) - 1] ?? null;
  }
}

/** For the extended expressions that bash matches with. */
function quoted(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}
