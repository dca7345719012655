import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Lack } from './powers.ts';

/** Whether tests can have a file system, a layer over a folder and a network of their own here. */
export interface Spaces {
  readonly disk: true | Lack;
  readonly workspaceWrites: true | Lack;
  readonly network: true | Lack;
}

/** Found out by doing it: a system may allow a namespace and refuse what one does in it. */
export async function probeSpaces(keeper: string | null, options: readonly string[] = []): Promise<Spaces> {
  if (keeper === null) return without('Bulkhead’s keeper, a small program for this processor, is not there');
  const [disk, workspaceWrites, network] = await Promise.all([
    attempt(keeper, [...options, '--tmpfs', '/tmp:65536']),
    attempt(keeper, [...options, '--tmpfs', '/tmp:65536', '--overlay', '/usr']),
    attempt(keeper, [...options, '--netns']),
  ]);
  return { disk, workspaceWrites, network };
}

export function without(because: string, fix = allow): Spaces {
  return { disk: { because, fix }, workspaceWrites: { because, fix }, network: { because, fix } };
}

const allow =
  'Allow user namespaces (in a container: --security-opt seccomp=unconfined; on Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0), or run as root.';

async function attempt(keeper: string, options: readonly string[]): Promise<true | Lack> {
  try {
    // Where this process is may be below what is replaced.
    await promisify(execFile)(keeper, [...options, '--', 'true'], { timeout: 5000, cwd: '/' });
    return true;
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim();
    return { because: `this machine refuses the namespace that it needs${said ? ` (${said})` : ''}`, fix: allow };
  }
}
