import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve, sep } from 'node:path';

/** What a test inherits: the warden's environment without what belongs to the editor's own processes. */
export function testEnvironment(
  added: Readonly<Record<string, string>>,
  base: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const inherited = Object.entries(base).filter(([name]) => !/^(ELECTRON_|VSCODE_|BULKHEAD_)/.test(name));
  return { ...Object.fromEntries(inherited), ...added };
}

/**
 * Why a program cannot be started, or null. Asked before the launch, because behind a shell that joins the cage a missing
 * program and a program that ends with code 127 look alike.
 */
export function whyNotExecutable(file: string, cwd: string, path: string | undefined): string | null {
  if (!directoryExists(cwd)) return `its working directory ${cwd} does not exist`;
  if (process.platform === 'win32') return null;
  if (isAbsolute(file) || file.includes(sep)) {
    const full = resolve(cwd, file);
    if (isExecutable(full)) return null;
    return exists(full) ? `${full} is not executable; run chmod +x on it` : `${full} does not exist`;
  }
  const found = (path ?? '').split(delimiter).some(folder => folder !== '' && isExecutable(join(folder, file)));
  return found ? null : `there is no program ${file} on the PATH`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not to be executed: its caller names the program that was not found.
    return false;
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function directoryExists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
