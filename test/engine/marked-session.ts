import { randomUUID } from 'node:crypto';
import type { WardenClient } from '../../src/client/client.ts';
import type { SettingsLayer } from '../../src/config/settings.ts';
import type { Notice } from '../../src/protocol/messages.ts';
import { mechanismsHere } from './mechanisms.ts';
import type { TestWorkspace } from './workspace.ts';

const { here } = await mechanismsHere();

/** Undefined where some cage of this machine holds every limit that the presets need. */
export const lacking =
  here.some(({ name }) => /^cgroup[12]$/.test(name)) && here.some(({ name }) => name === 'namespaces')
    ? undefined
    : 'no cage of this machine holds every limit that the presets need';

interface Session {
  readonly client: WardenClient;
  readonly notices: Notice[];
}

/** A warden whose processes, and those of its tests, carry the mark. */
export async function openMarked(
  workspace: TestWorkspace,
  mark: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Session> {
  const notices: Notice[] = [];
  return { client: await workspace.warden(notices, { env: { ...process.env, MARK: mark, ...env } }), notices };
}

export async function runAll({ client, notices }: Session, overrides: SettingsLayer) {
  const summary = await client.request('run', { run: randomUUID(), selection: { kind: 'all' }, overrides });
  const records = notices.flatMap(notice => (notice.notice === 'record' ? [notice.record] : []));
  return { summary, records };
}
