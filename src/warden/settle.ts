import { readFileSync, readlinkSync, statSync } from 'node:fs';
import type { Inheritance } from '../protocol/messages.ts';

const namespaces = { mnt: 'mount', pid: 'process', net: 'network', user: 'user', ipc: 'IPC', uts: 'host name' };
const credentials = { Uid: 'user', Gid: 'group', Groups: 'list of groups', Seccomp: 'filter of system calls' };

/** What two processes of Linux must have in common for a test to run in the one as it would in the other. */
export function surroundings(): Record<string, string> {
  const status = readFileSync('/proc/self/status', 'utf8');
  const root = statSync('/');
  const rows: [string, string][] = [['root folder', `${root.dev}:${root.ino}`]];
  for (const [file, name] of Object.entries(namespaces))
    rows.push([`${name} namespace`, readlinkSync(`/proc/self/ns/${file}`)]);
  for (const [field, name] of Object.entries(credentials)) rows.push([name, valueOf(status, field)]);
  return Object.fromEntries(rows);
}

/** Makes this process what a child of its client would have been; throws where it cannot be that. */
export function settle({ environment, cwd, umask, surroundings: wanted }: Inheritance): null {
  const others = Object.entries(surroundings()).flatMap(([what, value]) => (wanted[what] === value ? [] : [what]));
  if (others.length > 0) throw new Error(`a process there has another ${others.join(' and another ')}`);
  process.chdir(cwd);
  process.umask(umask);
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  return null;
}

function valueOf(status: string, field: string): string {
  const words = new RegExp(`^${field}:(.*)$`, 'm').exec(status)?.[1]?.trim().split(/\s+/) ?? [];
  return words.sort().join(' ');
}
