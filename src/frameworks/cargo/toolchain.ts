import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder } from '../../protocol/tests.ts';
import type { DetectionContext } from '../framework.ts';

export interface Toolchain {
  /** The triple that it builds for, unless it is told another one. */
  readonly host: string;
}

/** The first with `--config` on the command line. */
const oldest = 63;
const executable = process.platform === 'win32' ? 'cargo.exe' : 'cargo';

/** The setting, the first `cargo` of the PATH, or rustup's, which a window that was not started from a shell has not on its PATH. */
export function cargoProgram(settings: Settings, folder: Folder): string {
  const { program } = settings.cargo;
  if (program !== undefined) return /[\\/]/.test(program) ? resolve(folder.path, program) : program;
  const path = settings.cargo.env['PATH'] ?? process.env['PATH'] ?? '';
  if (path.split(delimiter).some(place => place !== '' && isProgram(join(place, executable)))) return 'cargo';
  const own = join(process.env['CARGO_HOME'] ?? join(homedir(), '.cargo'), 'bin', executable);
  return isProgram(own) ? own : 'cargo';
}

/** The version that a folder gets, which its rust-toolchain.toml may choose. */
export async function toolchainFor(
  root: string,
  { tool, settings, folder }: DetectionContext,
): Promise<Toolchain | Problem> {
  const file = cargoProgram(settings, folder);
  const { stdout, stderr, failure } = await tool.run({ file, args: ['-vV'], cwd: root, env: settings.cargo.env });
  const minor = Number(/^release: 1\.(\d+)/m.exec(stdout)?.[1] ?? Number.NaN);
  const host = /^host: (\S+)$/m.exec(stdout)?.[1];
  if (failure === null && host !== undefined && minor >= oldest) return { host };
  if (failure === null && minor < oldest) {
    const message = `cargo 1.${minor} is used in ${root}; Bulkhead works with cargo 1.${oldest} and later.`;
    return { severity: 'error', file: root, message, fix: 'Update it, or name another in "frameworks.cargo.cargo".' };
  }
  const why = [failure ?? 'did not tell its version', stderr.trim().split('\n').at(-1)].filter(part => part).join('; ');
  return {
    severity: 'error',
    message: `The Rust tests in ${root} cannot be run, because "${file} -vV" ${why}.`,
    fix: 'Install Rust, name its cargo in "frameworks.cargo.cargo", or set "frameworks.cargo" to false.',
  };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: the next place may have one.
    return false;
  }
}
