import type { Settings } from '../../config/settings.ts';
import type { Discovery } from '../../protocol/messages.ts';
import type { Project, TestInfo } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, ExitReading, Framework, Launch } from '../framework.ts';
import { listTests } from './listing.ts';
import { detectEntries, entryOf, fileAsTest, launchOf } from './entries.ts';

/** Any program that takes a file, or a test that another command lists of it, and tells by its exit code how it went. */
export class CommandFramework implements Framework {
  readonly name = 'command';
  readonly reporting = 'exit-code';

  detect(context: DetectionContext): Promise<Detection> {
    return detectEntries(this.name, 'exit-code', context);
  }

  async discover(project: Project, file: string, context: DetectionContext): Promise<Discovery> {
    const entry = entryOf(project, context.settings);
    return entry.list ? listTests(project, file, entry, context) : fileAsTest(project, file);
  }

  launch(project: Project, tests: readonly TestInfo[], settings: Settings): Launch {
    const listed = entryOf(project, settings).list ? { test: tests[0]!.titlePath[0]! } : {};
    return launchOf(project, tests, settings, listed);
  }

  readExit(project: Project, code: number, settings: Settings): ExitReading {
    if (entryOf(project, settings).skipCodes.includes(code)) {
      return { state: 'skipped', reason: `exit code ${code} means skipped` };
    }
    return code === 0 ? { state: 'passed' } : { state: 'failed', message: `exit code ${code}` };
  }
}
