import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { InsideBody } from '../../protocol/events.ts';
import type { Discovery, Problem } from '../../protocol/messages.ts';
import type { Project, TestInfo } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Framework, Launch, OutputTranslator } from '../framework.ts';
import { filled } from './command-line.ts';
import { detectEntries, entryOf, fileAsTest, launchOf } from './entries.ts';
import { JunitTranslator } from './junit/translator.ts';

/** The path of the report, for the program and for whoever reads it. */
const variable = 'BULKHEAD_REPORT';

/** Any program that takes a file and leaves a report in JUnit's XML. */
export class JunitFramework implements Framework {
  readonly name = 'junit';
  readonly reporting = 'output';
  readonly smallestUnit = 'file';
  readonly #reports: string;

  constructor(builds: string) {
    this.#reports = join(builds, 'reports');
  }

  async detect(context: DetectionContext): Promise<Detection> {
    const { projects, problems } = await detectEntries(this.name, 'junit', context);
    const unnamed = projects.flatMap(project => this.#withoutReport(project, context.settings));
    return { projects, problems: [...problems, ...unnamed] };
  }

  async discover(project: Project, file: string): Promise<Discovery> {
    return fileAsTest(project, file);
  }

  launch(project: Project, tests: readonly TestInfo[], settings: Settings): Launch {
    const { report } = entryOf(project, settings);
    const place = { file: tests[0]!.file, folder: project.folder.path };
    const path =
      report === undefined
        ? join(this.#reports, `${randomUUID()}.xml`)
        : resolve(project.folder.path, filled(report, place));
    if (report === undefined) mkdirSync(this.#reports, { recursive: true, mode: 0o700 });
    const launch = launchOf(project, tests, settings, { report: path });
    return { ...launch, env: { ...launch.env, [variable]: path } };
  }

  translate(
    _project: Project,
    tests: readonly TestInfo[],
    say: (event: InsideBody) => void,
    { env }: Launch,
  ): OutputTranslator {
    const path = env[variable]!;
    return new JunitTranslator(tests, { path, own: path.startsWith(this.#reports) }, say);
  }

  #withoutReport(project: Project, settings: Settings): Problem[] {
    const { report, command, env, name } = entryOf(project, settings);
    const words = [...command, ...Object.values(env)].join(' ');
    if (report !== undefined || words.includes('${report}') || words.includes(variable)) return [];
    const message = `The command "${name}" is to leave a report, and nothing says where.`;
    const fix =
      'Put ${report} into its "command" where the path of the report belongs, or name the file that it writes in "report".';
    return [{ severity: 'warning', key: 'command', message, fix }];
  }
}
