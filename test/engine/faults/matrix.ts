import { randomUUID } from 'node:crypto';
import { join, relative } from 'node:path';
import type { Isolation } from '../../../src/config/settings.ts';
import type { Notice, RunSummary, Selection } from '../../../src/protocol/messages.ts';
import type { TestRecord } from '../../../src/protocol/verdict.ts';
import { TestWorkspace } from '../workspace.ts';
import type { Neighbour } from './faults.ts';
import type { FaultyFramework } from './frameworks.ts';

export const limits = {
  memory: 160 * 1024 ** 2,
  timeout: 20_000,
  teardown: 1000,
  grace: 200,
  outputLimit: 8 * 1024 ** 2,
  output: 64 * 1024,
  jobs: 3,
} as const;

/** Only what must reach its time limit has a short one: the others need as long as the machine makes them. */
const endless = ['busy?loop', 'never?settles'].flatMap(name => [`**/*${name}*`, `**/*${name}*/**`]);
const overridden = { files: endless, timeout: 2000 };

export type Role = Neighbour | 'culprit';

export interface Row {
  readonly summary: RunSummary;
  readonly records: readonly TestRecord[];
}

/** Lists every test once, then runs all cells of all isolations at the same time in one warden. */
export async function runMatrix(
  folder: string,
  framework: Pick<FaultyFramework, 'name' | 'prepare' | 'settings'>,
  isolations: readonly Isolation[],
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<Isolation, Row>> {
  const workspace = TestWorkspace.copyOf(join(folder, framework.name));
  try {
    await framework.prepare?.(workspace);
    const notices: Notice[] = [];
    const client = await workspace.warden(notices, { env });
    const projects = await workspace.projects(client);
    const selection: Selection = {
      kind: 'some',
      projects: await Promise.all(
        projects.map(async ({ id: project, files }) => ({
          project,
          files: await Promise.all(
            files.map(async file => {
              const { tests, problem } = await client.request('discover', { project, file });
              if (problem) throw new Error(`${file}: ${problem.message}`);
              return { file, tests: tests.map(({ key }) => key) };
            }),
          ),
        })),
      ),
    };
    const rows = await Promise.all(
      isolations.map(async (isolation): Promise<[Isolation, Row]> => {
        const run = randomUUID();
        const overrides = { ...limits, ...framework.settings, isolation, overrides: [overridden] };
        const summary = await client.request('run', { run, selection, overrides });
        const records = notices.flatMap(each => (each.notice === 'record' && each.run === run ? [each.record] : []));
        return [isolation, { summary, records: records.map(record => inside(workspace.root, record)) }];
      }),
    );
    await client.close();
    return new Map(rows);
  } finally {
    await workspace.remove();
  }
}

/** Its file relative to the fixture, whose names say which fault it holds. */
function inside(root: string, record: TestRecord): TestRecord {
  return { ...record, test: { ...record.test, file: relative(root, record.test.file) } };
}

/** Frameworks have customs of their own for names: `test_exit_0.py`, `exit_0_test.go`, `exit-0.test.ts`. */
export function cellOf({ records }: Row, fault: string): Partial<Record<Role, TestRecord>> {
  const cell: Partial<Record<Role, TestRecord>> = {};
  for (const record of records) {
    const names = record.test.file.split('/').map(plainName);
    if (!names.includes(plainName(fault))) continue;
    const role = /before|culprit|after/i.exec(record.test.titlePath.at(-1) ?? record.test.file)?.[0].toLowerCase();
    if (role) cell[role as Role] = record;
  }
  return cell;
}

function plainName(name: string): string {
  return name
    .replace(/(\.[a-z]+)+$/i, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .replace(/^test|test$/, '');
}

/** `kind`, or `kind/detail` where the kind alone says too little. */
export function verdictText({ verdict }: TestRecord): string {
  switch (verdict.kind) {
    case 'timed-out':
    case 'limit-reached':
      return `${verdict.kind}/${verdict.limit}`;
    case 'error':
      return `${verdict.kind}/${verdict.phase}`;
    case 'out-of-memory':
      return `${verdict.kind}/${verdict.cause}`;
    default:
      return verdict.kind;
  }
}
