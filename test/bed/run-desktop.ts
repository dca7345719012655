// node test/bed/run-desktop.ts [workspace folder]: the same integration tests in desktop VS Code.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { findDesktop } from './desktop.ts';
import { extensionRoot, integrationEntry } from './places.ts';
import { report } from './results.ts';
import { givenWorkspace } from './workspaces.ts';

const workspace = givenWorkspace(process.argv[2]);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bulkhead-desktop-'));
const results = path.join(folder, 'results.jsonl');

let code = 1;
try {
  if (!fs.existsSync(integrationEntry)) throw new Error(`There is no ${integrationEntry}. Run "npm run build" first.`);
  code = await runTests({
    vscodeExecutablePath: await findDesktop(),
    extensionDevelopmentPath: extensionRoot,
    extensionTestsPath: integrationEntry,
    launchArgs: [
      workspace.folder,
      '--disable-extensions',
      '--disable-workspace-trust',
      `--user-data-dir=${path.join(folder, 'user-data')}`,
    ],
    extensionTestsEnv: { BULKHEAD_RESULTS: results },
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
}
const outcome = report(results, 'integration in desktop VS Code');
fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
workspace.remove();
process.exitCode = outcome === 'green' ? code : code || 1;
