import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { repository } from '../bed/places.ts';

export interface Workspace {
  readonly folder: string;
  remove(): void;
}

/** A workspace of its own for a spec that changes files; mocha is the repository's. */
export function copiedWorkspace(from = 'test/fixtures/editor-workspace'): Workspace {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bulkhead-workspace-'));
  fs.cpSync(path.join(repository, from), folder, { recursive: true });
  fs.symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'));
  return { folder, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}
