import type { Settings } from '../../config/settings.ts';
import type { InsideBody } from '../../protocol/events.ts';
import type { Discovery } from '../../protocol/messages.ts';
import type { Project, TestInfo } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Framework, Launch, OutputTranslator } from '../framework.ts';
import { detectEntries, fileAsTest, launchOf } from './entries.ts';
import { TapTranslator } from './tap/translator.ts';

/** Any program that takes a file and prints TAP, the Test Anything Protocol, versions 12 to 14. */
export class TapFramework implements Framework {
  readonly name = 'tap';
  readonly reporting = 'output';
  readonly smallestUnit = 'file';

  detect(context: DetectionContext): Promise<Detection> {
    return detectEntries(this.name, 'tap', context);
  }

  async discover(project: Project, file: string): Promise<Discovery> {
    return fileAsTest(project, file);
  }

  launch(project: Project, tests: readonly TestInfo[], settings: Settings): Launch {
    return launchOf(project, tests, settings);
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
