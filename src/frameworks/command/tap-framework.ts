import type { Settings } from '../../config/settings.ts';
import type { InsideBody } from '../../protocol/events.ts';
import type { Discovery } from '../../protocol/messages.ts';
import type { Project, TestInfo } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Framework, Launch, OutputTranslator } from '../framework.ts';
import { detectTestFiles } from '../prove/detection.ts';
import { testFileLaunch } from '../prove/launch.ts';
import { detectEntries, fileAsTest, launchOf } from './entries.ts';
import { TapTranslator } from './tap/translator.ts';

/**
 * Any program that takes a file and prints TAP, the Test Anything Protocol, versions 12 to 14: what the configuration names, and the
 * files `t/*.t` wherever they are.
 */
export class TapFramework implements Framework {
  readonly name = 'tap';
  readonly reporting = 'output';
  readonly smallestUnit = 'file';

  async detect(context: DetectionContext): Promise<Detection> {
    const looked = await Promise.all([detectEntries(this.name, 'tap', context), detectTestFiles(context)]);
    return {
      projects: looked.flatMap(({ projects }) => projects),
      problems: looked.flatMap(({ problems }) => problems),
    };
  }

  async discover(project: Project, file: string): Promise<Discovery> {
    return fileAsTest(project, file);
  }

  outline(project: Project, file: string): readonly TestInfo[] {
    return fileAsTest(project, file).tests;
  }

  launch(project: Project, tests: readonly TestInfo[], settings: Settings): Launch {
    return isFound(project) ? testFileLaunch(project, tests[0]!.file, settings) : launchOf(project, tests, settings);
  }

  translate(
    _project: Project,
    tests: readonly TestInfo[],
    say: (event: InsideBody) => void,
    { cwd }: Launch,
  ): OutputTranslator {
    return new TapTranslator(tests, cwd, say);
  }
}

/** And not an entry of the configuration. */
function isFound({ id }: Project): boolean {
  return id.startsWith('tap:');
}
