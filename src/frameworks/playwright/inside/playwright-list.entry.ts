import { takeCommission } from '../../inside/commission.ts';
import { LinePipe } from '../../inside/event-pipe.ts';
import { describeFailure } from '../../inside/failure.ts';
import { answerLine } from '../../javascript/answer.ts';
import type { ListedProject, Listing } from '../listing.ts';
import { configOf } from './options.ts';
import { style } from './style.ts';
import { UserPlaywright } from './user-playwright.ts';

// Lists the test files of the current folder, project by project, as the user's own playwright would collect them.

const { variables } = takeCommission(['BULKHEAD_PLAYWRIGHT']);
const exit = process.exit.bind(process);
const stdout = new LinePipe(1);

async function list(): Promise<Listing> {
  try {
    // As playwright's own command does, before any configuration is read.
    process.env['NODE_ENV'] ??= 'test';
    const playwright = new UserPlaywright(variables['BULKHEAD_PLAYWRIGHT']!);
    const { config, webServers, projects } = await playwright.config(configOf(process.argv.slice(2)));
    const listed: ListedProject[] = [];
    for (const each of projects) {
      const { name, testDir, outputDir, testMatch } = each.project;
      const files = await playwright.files(each);
      const include = [testMatch].flat().filter(pattern => typeof pattern === 'string');
      listed.push({ name, folder: testDir, files, include, output: outputDir });
    }
    const { configFile } = config;
    return { ok: true, projects: listed, servers: webServers.length > 0, ...(configFile ? { configFile } : {}) };
  } catch (error) {
    return { ok: false, failure: describeFailure(error, style) };
  }
}

void list().then(listing => {
  stdout.write(answerLine(listing));
  // What the configuration has opened would keep the process alive.
  exit(0);
});
