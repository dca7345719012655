import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { repository } from './places.ts';

export interface Workspace {
  readonly folder: string;
  remove(): void;
}

/** A copy of a fixture for tests that change files; mocha is the repository's. */
export function copiedWorkspace(fixture = 'editor-workspace'): Workspace {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bulkhead-workspace-'));
  fs.cpSync(path.join(repository, 'test/fixtures', fixture), folder, { recursive: true });
  fs.symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  return { folder, remove: () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The folder that was asked for, or a copy of the fixture of the extension's own tests. */
export function givenWorkspace(given: string | undefined): Workspace {
  return given === undefined ? copiedWorkspace() : { folder: path.resolve(given), remove: () => undefined };
}
