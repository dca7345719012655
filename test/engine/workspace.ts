import { randomUUID } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { WardenClient, type WardenOptions } from '../../src/client/client.ts';
import type { SettingsLayer } from '../../src/config/settings.ts';
import type { Notice, RunSummary, Selection } from '../../src/protocol/messages.ts';
import type { Project } from '../../src/protocol/tests.ts';
import type { TestRecord } from '../../src/protocol/verdict.ts';

export const dist = resolve(import.meta.dirname, '../../dist');

export interface RunResult {
  readonly summary: RunSummary;
  readonly records: readonly TestRecord[];
  readonly notices: readonly Notice[];
  /** The verdict of each test, by its last title. */
  readonly verdicts: Readonly<Record<string, string>>;
}

/** A folder of files in a temporary place, and wardens that live in it. */
export class TestWorkspace {
  readonly root = mkdtempSync(join(tmpdir(), 'bulkhead-workspace-'));
  readonly #clients: WardenClient[] = [];

  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  write(name: string, content: string): string {
    const path = join(this.root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    if (name.endsWith('.sh')) chmodSync(path, 0o755);
    return path;
  }

  /** Takes in a fixture, with the frameworks of this repository to run it. */
  static ofFixture(name: string, files: Readonly<Record<string, string>> = {}): TestWorkspace {
    const workspace = TestWorkspace.copyOf(name);
    workspace.linkFrameworks();
    for (const [path, content] of Object.entries(files)) workspace.write(path, content);
    return workspace;
  }

  /** A fixture as it is, without any framework. */
  static copyOf(fixture: string): TestWorkspace {
    const workspace = new TestWorkspace({});
    cpSync(resolve(import.meta.dirname, '../fixtures', fixture), workspace.root, { recursive: true });
    return workspace;
  }

  linkFrameworks(): void {
    symlinkSync(resolve(import.meta.dirname, '../../node_modules'), join(this.root, 'node_modules'));
  }

  async warden(notices: Notice[] = [], options: Partial<WardenOptions> = {}): Promise<WardenClient> {
    const client = await WardenClient.start({
      script: join(dist, 'warden.cjs'),
      node: process.execPath,
      env: process.env,
      storage: join(this.root, '.bulkhead'),
      folders: [{ folder: { name: 'workspace', path: this.root }, overrides: {} }],
      onNotice: notice => notices.push(notice),
      onExit: () => {},
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  async projects(client: WardenClient): Promise<readonly Project[]> {
    return (await client.request('projects', {})).projects;
  }

  /** Runs a selection in a warden of its own. */
  async run(
    overrides: SettingsLayer = {},
    selection: Selection = { kind: 'all' },
    env = process.env,
  ): Promise<RunResult> {
    const notices: Notice[] = [];
    const client = await this.warden(notices, { env });
    const summary = await client.request('run', { run: randomUUID(), selection, overrides });
    const records = notices.flatMap(notice => (notice.notice === 'record' ? [notice.record] : []));
    await client.close();
    const verdicts = Object.fromEntries(
      records.map(({ test, verdict }) => [test.titlePath.at(-1) ?? test.file, verdict.kind]),
    );
    return { summary, records, notices, verdicts };
  }

  async remove(): Promise<void> {
    await Promise.all(this.#clients.map(client => client.close()));
    rmSync(this.root, { recursive: true, force: true });
  }
}
