import { onceEach } from '../../../../src/engine/once.ts';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { defaults, type Settings } from '../../../../src/config/settings.ts';
import type { Detection } from '../../../../src/frameworks/framework.ts';
import { PytestFramework } from '../../../../src/frameworks/pytest/framework.ts';
import type { InsideEvent, Order } from '../../../../src/protocol/events.ts';
import type { Discovery } from '../../../../src/protocol/messages.ts';
import type { Project } from '../../../../src/protocol/tests.ts';
import { type InsideOutcome, spawnInside, uncagedTool } from '../spawn-inside.ts';
import { placeInside } from './versions.ts';

export type EndOf = Extract<InsideEvent, { t: 'end' }>;

/** The framework as it is, run with everything real but the cage. */
export interface Bed {
  project(fixture: string): string;
  write(files: Readonly<Record<string, string>>): string;
  detect(root: string, pytest?: Partial<Settings['pytest']>): Promise<Detection>;
  discover(root: string, file: string): Promise<Discovery>;
  run(root: string, file: string, tests?: Order['tests'], pytest?: Partial<Settings['pytest']>): Promise<InsideOutcome>;
  remove(): void;
}

export function openBed(python: string): Bed {
  const inside = placeInside();
  const framework = new PytestFramework(inside.folder);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bulkhead-pytest-')));
  let made = 0;
  const place = () => join(folder, `${++made}`);
  const settingsWith = (pytest: Partial<Settings['pytest']> = {}): Settings => ({
    ...defaults,
    pytest: { ...defaults.pytest, program: python, ...pytest },
  });
  const contextOf = (root: string, settings: Settings) => ({
    folder: folderOf(root),
    settings,
    tool: uncagedTool,
    builds: root,
    once: onceEach(),
  });
  return {
    project(fixture) {
      const root = place();
      cpSync(resolve(import.meta.dirname, '../../../fixtures', fixture), root, { recursive: true });
      return root;
    },
    write(files) {
      const root = place();
      mkdirSync(root);
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), content);
      }
      return root;
    },
    detect: (root, pytest) => framework.detect(contextOf(root, settingsWith(pytest))),
    discover: (root, file) => framework.discover(projectOf(root), join(root, file), contextOf(root, settingsWith())),
    run(root, file, tests, pytest) {
      const launch = framework.launch(projectOf(root), [], settingsWith(pytest));
      return spawnInside(launch, { mode: 'run', file: join(root, file), ...(tests ? { tests } : {}) });
    },
    remove() {
      inside.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function folderOf(root: string) {
  return { name: 'workspace', path: root };
}

function projectOf(root: string): Project {
  const id = 'pytest:workspace:.';
  return { id, framework: 'pytest', folder: folderOf(root), root, label: 'pytest', files: [], watch: [] };
}

/** `a › b: passed`, in the order in which the tests ended. */
export function endsOf({ events }: InsideOutcome): string[] {
  return events.flatMap(event => (event.t === 'end' ? [`${event.path.join(' › ')}: ${event.state}`] : []));
}

export function endOf({ events, stderr }: InsideOutcome, title: string): EndOf {
  const end = events.find((event): event is EndOf => event.t === 'end' && event.path.at(-1) === title);
  if (!end) throw new Error(`no end of ${title} among ${JSON.stringify(events)}\n${stderr}`);
  return end;
}

export function kindsOf({ events }: InsideOutcome): string {
  return events.map(event => event.t).join(' ');
}
