import { resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder } from '../../protocol/tests.ts';
import type { DetectionContext } from '../framework.ts';

export interface Toolchain {
  /** 1.19 → 19 */
  readonly minor: number;
}

const oldest = 19;

/** The setting, or the first `go` of the PATH. */
export function goProgram(settings: Settings, folder: Folder): string {
  const { program = 'go' } = settings.go;
  return /[\\/]/.test(program) ? resolve(folder.path, program) : program;
}

/** The version that the module gets, which its go.mod may choose. */
export async function toolchainFor(
  root: string,
  { tool, settings, folder }: DetectionContext,
): Promise<Toolchain | Problem> {
  const file = goProgram(settings, folder);
  const { stdout, stderr, failure } = await tool.run({
    file,
    args: ['env', 'GOVERSION'],
    cwd: root,
    env: settings.go.env,
  });
  const minor = Number(/^go1\.(\d+)/.exec(stdout.trim())?.[1] ?? (failure ? Number.NaN : 99));
  if (minor >= oldest) return { minor };
  if (!Number.isNaN(minor)) {
    const message = `Go 1.${minor} is used in ${root}; Bulkhead works with Go 1.${oldest} and later.`;
    return { severity: 'error', file: root, message, fix: 'Install a newer Go, or name one in "frameworks.go.go".' };
  }
  const why = [failure, stderr.trim().split('\n').at(-1)].filter(part => part).join('; ');
  return {
    severity: 'error',
    message: `The Go tests in ${root} cannot be run, because "${file} env" ${why}.`,
    fix: 'Install Go, name it in "frameworks.go.go", or set "frameworks.go" to false.',
  };
}
