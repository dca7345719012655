import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { installFixture } from '../installed.ts';

const fixtures = resolve(import.meta.dirname, '../../../fixtures');
const installed = join(fixtures, 'mocha-versions/node_modules');

/** The latest of each line that Bulkhead works with. */
export const mochaLines = ['mocha9', 'mocha10', 'mocha11', 'mocha12'] as const;
export type MochaLine = (typeof mochaLines)[number];
export const newestLine: MochaLine = 'mocha12';

export async function installMochas(): Promise<void> {
  await installFixture('mocha-versions');
}

export interface Workbench {
  readonly folder: string;
  /** A copy of a fixture in a folder of its own, with this mocha installed. */
  project(fixture: string, line: MochaLine): string;
  /** A project made of these files, by their paths. */
  write(files: Readonly<Record<string, string>>, line: MochaLine | null): string;
  remove(): void;
}

/** A folder for copies: the same project is run with every version. */
export function workbench(): Workbench {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bulkhead-mocha-')));
  let made = 0;
  const place = () => join(folder, `${++made}`);
  return {
    folder,
    project(fixture, line) {
      const root = place();
      cpSync(join(fixtures, fixture), root, { recursive: true });
      link(root, line);
      return root;
    },
    write(files, line) {
      const root = place();
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), content);
      }
      if (line) link(root, line);
      return root;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function link(root: string, line: MochaLine): void {
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(join(installed, line), join(root, 'node_modules/mocha'), 'junction');
  symlinkSync(join(installed, 'tsx'), join(root, 'node_modules/tsx'), 'junction');
}
