import { createHash } from 'node:crypto';

/** Stable across runs and machines: titles are not unique and may be a megabyte long, so nothing else names a test. */
export type TestKey = string;

export interface TestIdentity {
  readonly framework: string;
  /** Absolute path; the key is made from the path relative to its workspace folder. */
  readonly file: string;
  /** Suite titles from the outside in, the test's own title last. */
  readonly titlePath: readonly string[];
  /** Position among the tests of the file that share this title path. */
  readonly ordinal: number;
}

export interface TestInfo extends TestIdentity {
  readonly key: TestKey;
  /** One-based, where the framework or a stack frame gave it. */
  readonly line?: number;
  readonly column?: number;
  /** What its framework marks it with, each as `@name`; titles may have more of them. */
  readonly tags?: readonly string[];
  /** Found while another test ran, and not by listing: it runs with the test whose title path begins its own. */
  readonly dynamic?: true;
}

export interface Folder {
  readonly name: string;
  readonly path: string;
}

/** A set of test files that one framework recognised by its configuration or manifest. */
export interface Project {
  readonly id: string;
  readonly framework: string;
  readonly folder: Folder;
  /** Where the framework runs: the folder of its configuration. */
  readonly root: string;
  readonly label: string;
  /** Absolute paths, in the framework's own order. */
  readonly files: readonly string[];
  /** Globs relative to `root`, which may climb with `../`: a change there may change the list of files. */
  readonly watch: readonly string[];
  /** A debugger can be attached to its tests. */
  readonly debugs?: true;
  /** Names that only one of its cages may have at a time, beside those of the settings. */
  readonly locks?: readonly string[];
}

/** Two projects may hold the same file, so the project is part of the name; its absolute place is not. */
export function testKey(
  { framework, folder, label, root }: Pick<Project, 'framework' | 'folder' | 'label' | 'root'>,
  { file, titlePath, ordinal }: Pick<TestIdentity, 'file' | 'titlePath' | 'ordinal'>,
): TestKey {
  const within = (path: string) =>
    (path.startsWith(folder.path) ? path.slice(folder.path.length + 1) : path).replaceAll('\\', '/');
  return createHash('sha256')
    .update(JSON.stringify([framework, folder.name, label, within(root), within(file), titlePath, ordinal]))
    .digest('base64url')
    .slice(0, 22);
}

export function titleOf(test: TestIdentity): string {
  return test.titlePath.at(-1) ?? test.file;
}
