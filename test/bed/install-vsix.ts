import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { link } from './extensions.ts';
import { installServer } from './install-server.ts';
import { driver, server } from './places.ts';
import { serverEnvironment } from './server.ts';

/** Installs a package as a user would, without any network, and the test driver beside it. */
export async function installVsix(vsix: string, extensionsDir: string): Promise<void> {
  if (!fs.existsSync(vsix)) throw new Error(`There is no ${vsix}. Run "npm run package" first.`);
  await installServer();
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'bulkhead-install-'));
  const args = ['--accept-server-license-terms', '--server-data-dir', dataDir, '--extensions-dir', extensionsDir];
  try {
    const { stdout, stderr } = await promisify(execFile)(
      server.node,
      [server.main, ...args, '--install-extension', vsix],
      {
        env: serverEnvironment('BULKHEAD_BED_COOKIE=install'),
      },
    );
    if (!/successfully installed/.test(stdout)) throw new Error(`VS Code did not install ${vsix}:\n${stdout}${stderr}`);
  } finally {
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
  link(driver, extensionsDir);
}
