import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { downloads, extensionRoot } from './places.ts';

/** The desktop VS Code to use: VSCODE_EXECUTABLE, else a download kept under .vscode-test/. */
export async function findDesktop(): Promise<string> {
  const given = process.env.VSCODE_EXECUTABLE;
  if (given) {
    if (!fs.existsSync(given)) throw new Error(`VSCODE_EXECUTABLE names ${given}, which does not exist.`);
    return given;
  }
  try {
    return await downloadAndUnzipVSCode({ version: process.env.VSCODE_VERSION ?? 'stable', cachePath: downloads });
  } catch (error) {
    throw new Error(
      `Desktop VS Code could not be downloaded (${String(error)}).\n` +
        'Connect to the internet, or set VSCODE_EXECUTABLE to the program of an installed VS Code.',
      { cause: error },
    );
  }
}

/** Opens the folder in desktop VS Code with the extension in development mode, until its window is closed. */
export async function openDesktop(folder: string): Promise<number> {
  const executable = await findDesktop();
  const own = ['user-data', 'extensions'].map(name => `--${name}-dir=${path.join(downloads, 'start', name)}`);
  const args = [
    `--extensionDevelopmentPath=${extensionRoot}`,
    ...own,
    '--disable-workspace-trust',
    '--wait',
    '--new-window',
    folder,
  ];
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(npm_|VSCODE_|ELECTRON_)/i.test(key)),
  );
  const child = spawn(executable, args, { env, stdio: 'inherit' });
  console.log('Bulkhead is open in desktop VS Code. Close its window, or press Ctrl-C, to stop.');
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
