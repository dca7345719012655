import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A small project in a temporary place, and real processes of Node that tell what of it they ran. */
export class Program {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'bulkhead-coverage-')));
  #runs = 0;

  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  write(name: string, content: string): string {
    const path = join(this.root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  path(name: string): string {
    return join(this.root, name);
  }

  /** The folder of its reports. */
  run(name: string, args: readonly string[] = []): string {
    const folder = join(this.root, '.coverage', String(this.#runs++));
    const env = { ...process.env, NODE_V8_COVERAGE: folder };
    const { status, stderr } = spawnSync(process.execPath, [...args, join(this.root, name)], { cwd: this.root, env });
    if (status !== 0) throw new Error(stderr.toString());
    return folder;
  }

  reports(folder: string): string[] {
    return readdirSync(folder).map(name => join(folder, name));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
