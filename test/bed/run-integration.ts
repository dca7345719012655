// node test/bed/run-integration.ts [workspace folder]: the integration tests inside the extension host of a real VS Code server.
// BULKHEAD_TIMEOUT=seconds for the whole run; artifacts/integration.log has the consoles of the extension host and the workbench.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, offline } from './browser.ts';
import { artifacts, extensionRoot, integrationEntry, serverRunsHere } from './places.ts';
import { report } from './results.ts';
import { ofVsCode, type Server, startServer } from './server.ts';
import { givenWorkspace } from './workspaces.ts';

const seconds = Number(process.env.BULKHEAD_TIMEOUT ?? 1800);
const log = path.join(artifacts, 'integration.log');

/** What the workbench says at every start, whatever happens. */
const chatter =
  /^(Resolv(ing|ed) connection token|Creating a socket|\[reconnection-grace|Updating additional builtin|\[Service Worker\]|\[A(gent|ccount)|\s+at )/;

process.exitCode = await run();

async function run(): Promise<number> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bulkhead-results-'));
  const results = path.join(folder, 'results.jsonl');
  fs.mkdirSync(artifacts, { recursive: true });
  fs.writeFileSync(log, '');
  const workspace = givenWorkspace(process.argv[2]);
  let code = 1;
  try {
    code = await inServer(results, workspace.folder);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  const outcome = report(results, 'integration');
  fs.rmSync(folder, { recursive: true, force: true });
  workspace.remove();
  if (outcome === 'incomplete') console.error(lastWords());
  if (outcome === 'green' && code !== 0) console.error(`Every test passed, but the run ended with code ${code}.`);
  return outcome === 'green' ? code : code || 1;
}

function lastWords(): string {
  const lines = fs.readFileSync(log, 'utf8').split('\n');
  const telling = lines.filter(line => line.trim() && !chatter.test(line)).slice(-15);
  return `The extension host's last words (all of them: ${log}):\n  ${telling.join('\n  ')}`;
}

async function inServer(results: string, workspace: string): Promise<number> {
  if (!serverRunsHere) throw new Error('VS Code\'s server runs on Linux x64 only. Here, use "npm run test:desktop".');
  if (!fs.existsSync(workspace)) throw new Error(`There is no workspace folder ${workspace}.`);
  if (!fs.existsSync(integrationEntry)) throw new Error(`There is no ${integrationEntry}. Run "npm run build" first.`);
  // Its wardens have a ledger of their own: what a test leaves for one of them is no other window's to reap.
  const state = path.join(path.dirname(results), 'state');
  const server = await startServer({
    smokeDriver: true,
    env: { BULKHEAD_RESULTS: results, XDG_STATE_HOME: state },
  });
  let browser: Browser | undefined;
  let code: number;
  try {
    browser = await launchBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await offline(context);
    code = await ending(await context.newPage(), server, workspace);
  } finally {
    await browser?.close();
    const strays = (await server.stop()).filter(command => !ofVsCode(command));
    for (const command of strays) console.log(`  ✖ outlived VS Code and had to be killed: ${command}`);
    if (strays.length > 0) code = 1;
  }
  return code;
}

/** The exit code VS Code itself gives the run. */
function ending(page: Page, server: Server, workspace: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new Error(what));
    setTimeout(() => fail(`The integration tests did not end within ${seconds} s.`), seconds * 1000).unref();
    void server.gone.then(() => fail(`The VS Code server ended by itself:\n${server.output().slice(-2000)}`));
    page.on('crash', () => fail('The page of the workbench crashed.'));
    const open = async () => {
      // The two hooks that VS Code's web workbench calls when it was given tests to run.
      await page.exposeFunction('codeAutomationLog', (_level: string, args: unknown[]) =>
        fs.appendFileSync(log, `${args.join(' ')}\n`),
      );
      await page.exposeFunction('codeAutomationExit', resolve);
      await page.goto(
        server.page(workspace, [
          ['extensionDevelopmentPath', server.remote(extensionRoot)],
          ['extensionTestsPath', server.remote(integrationEntry)],
        ]),
        { timeout: 180_000 },
      );
    };
    open().catch(reject);
  });
}
