import { takeCommission } from '../../inside/commission.ts';
import { LinePipe } from '../../inside/event-pipe.ts';
import { describeFailure } from '../../inside/failure.ts';
import { answerLine } from '../../javascript/answer.ts';
import type { Listing } from '../listing.ts';
import { createVitest } from './options.ts';
import { styleFor } from './style.ts';
import { UserVitest } from './user-vitest.ts';

// Lists the test files of the current folder, project by project, as the user's own vitest would collect them.

const { variables } = takeCommission(['BULKHEAD_VITEST']);
const exit = process.exit.bind(process);
const stdout = new LinePipe(1);

async function list(): Promise<Listing> {
  try {
    const vitest = await createVitest(new UserVitest(variables['BULKHEAD_VITEST']!), undefined);
    const projects = [];
    for (const project of vitest.projects) {
      const { name, config } = project;
      const { testFiles } = await project.globTestFiles();
      const { root, include } = config;
      projects.push({ name, root, files: [...testFiles].sort(), include, browser: config.browser?.enabled === true });
    }
    const { configFile, configFileDependencies } = vitest.vite.config;
    return { ok: true, projects, configs: [...(configFile ? [configFile] : []), ...configFileDependencies] };
  } catch (error) {
    return {
      ok: false,
      failure: describeFailure(
        error,
        styleFor(() => null),
      ),
    };
  }
}

void list().then(listing => {
  stdout.write(answerLine(listing));
  // Servers of plugins and watchers of files would keep the process alive.
  exit(0);
});
