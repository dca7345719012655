import { takeCommission } from '../../inside/commission.ts';
import { LinePipe } from '../../inside/event-pipe.ts';
import { describeFailure } from '../../inside/failure.ts';
import { answerLine } from '../../javascript/answer.ts';
import type { ListedProject, Listing } from '../listing.ts';
import { argvOf, overruled, unfitness } from './overruled.ts';
import { styleFor } from './style.ts';
import { type ProjectConfig, UserJest } from './user-jest.ts';

// Lists the test files of the current folder, project by project, as the user's own jest would.

const { variables } = takeCommission(['BULKHEAD_JEST']);
const exit = process.exit.bind(process);
const stdout = new LinePipe(1);

async function list(): Promise<Listing> {
  try {
    process.env['NODE_ENV'] ??= 'test';
    const jest = new UserJest(variables['BULKHEAD_JEST']!);
    const { argv, projects } = await argvOf(jest);
    const { globalConfig, configs } = await jest.readConfigs(argv, projects);
    const listed: ListedProject[] = [];
    for (const config of configs) {
      const context = await jest.runtime.createContext(config, {
        console,
        maxWorkers: 1,
        watch: false,
        watchman: false,
      });
      const source = new jest.core.SearchSource(context);
      const { tests } = await source.getTestPaths({ ...globalConfig, ...overruled, nonFlagArgs: [] }, config);
      listed.push(projectOf(config, tests.map(({ path }) => path).sort()));
    }
    return { ok: true, projects: listed };
  } catch (error) {
    return { ok: false, failure: describeFailure(error, styleFor()) };
  }
}

function projectOf(config: ProjectConfig, files: readonly string[]): ListedProject {
  const { id, displayName, rootDir: root, testMatch, testRegex } = config;
  const include = testRegex.length > 0 ? ['**/*{test,Test,spec,Spec}*'] : testMatch;
  const unfit = unfitness(config);
  return { id, name: displayName?.name ?? '', root, files, include, ...(unfit === null ? {} : { unfit }) };
}

void list().then(listing => {
  stdout.write(answerLine(listing));
  exit(0);
});
