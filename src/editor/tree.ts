import { availableParallelism } from 'node:os';
import * as vscode from 'vscode';
import type { Requests } from '../protocol/messages.ts';
import { type Folder, type Project, type TestInfo, type TestKey, testKey } from '../protocol/tests.ts';
import { grouped } from '../reports/excerpt.ts';
import { Branches, itemsOf } from './branches.ts';
import { coalesced } from './coalesced.ts';
import { drafted } from './drafted.ts';
import { mostOfFile, type TreeSize } from './file-counts.ts';
import { type Branch, layoutProjects, layoutTests, placeText, suiteBranch, suitesOf, testBranch } from './layout.ts';
import { type Problems, problemText } from './problems.ts';
import type { Outline, Scope } from './selection.ts';
import { turns } from './turns.ts';

type FileScope = Extract<Scope, { kind: 'file' }>;

/** Who knows the tests: the warden, or, where nothing may be run, what the texts of files say. */
export interface TestSource {
  /** Undefined while there is nobody to ask without starting something. */
  readonly client: unknown;
  /** Another number: what was listed before may not hold. */
  readonly generation: number;
  open(): Promise<unknown>;
  request<N extends 'projects' | 'discover'>(name: N, params: Requests[N]['params']): Promise<Requests[N]['result']>;
}

/** The text of a file on disk and in the editor. */
export interface Draft {
  readonly saved: string;
  readonly typed: string;
  /** False once there is a later one. */
  readonly isCurrent: () => boolean;
}

/** The items of the Test Explorer: files as the warden lists them, the tests of a file once somebody looks at it. */
export class TestTree {
  readonly #controller: vscode.TestController;
  readonly #source: TestSource;
  readonly #problems: Problems;
  readonly #log: vscode.LogOutputChannel;
  readonly #branches: Branches;
  readonly #files = new Map<string, vscode.TestItem[]>();
  readonly #tests = new Map<TestKey, vscode.TestItem>();
  /** The keys of tests that are their file. */
  readonly #itself = new WeakMap<vscode.TestItem, TestKey>();
  readonly #discoveries = new WeakMap<vscode.TestItem, () => Promise<void>>();
  /** Files that somebody has looked at, or types in. */
  readonly #resolved = new WeakSet<vscode.TestItem>();
  /** What is known of the tests of a file: all of its saved text, or what runs have found of it. */
  readonly #known = new WeakMap<vscode.TestItem, { readonly tests: TestInfo[]; readonly complete: boolean }>();
  /** Of what reading and running find, one is laid out at a time. */
  readonly #layingOut = turns(1);
  /** Each is a process: "Expand All" must not start a thousand of them. */
  readonly #inTurn = turns(availableParallelism());
  readonly #listed = new vscode.EventEmitter<readonly Project[]>();
  readonly onDidList = this.#listed.event;
  readonly #found = new vscode.EventEmitter<readonly TestKey[]>();
  /** The tests of a file that has just been read. */
  readonly onDidFind = this.#found.event;
  readonly #read = new vscode.EventEmitter<string>();
  /** A file as it was saved, by its framework. */
  readonly onDidRead = this.#read.event;
  /** Asks the warden again which projects and files there are. */
  readonly list: () => Promise<void>;
  #projects: readonly Project[] = [];
  /** A warden knows only the projects that it has listed itself. */
  #listedAt = 0;

  constructor(controller: vscode.TestController, source: TestSource, problems: Problems, log: vscode.LogOutputChannel) {
    this.#controller = controller;
    this.#source = source;
    this.#problems = problems;
    this.#log = log;
    this.#branches = new Branches(
      controller,
      (item, scope) => this.#index(item, scope),
      (item, scope) => this.#unindex(item, scope),
    );
    this.list = coalesced(() => this.#list());
  }

  get projects(): readonly Project[] {
    return this.#projects;
  }

  readonly outline: Outline<vscode.TestItem> = {
    roots: () => itemsOf(this.#controller.items),
    children: item => itemsOf(item.children),
    parent: item => item.parent,
    scope: item => this.#branches.scope(item),
  };

  /** What the Test Explorer asks for: the files, or the tests of one of them. */
  async resolve(item: vscode.TestItem | undefined): Promise<void> {
    if (item) return this.discover(item);
    try {
      await this.list();
    } catch (error) {
      const message = vscode.l10n.t('The tests could not be listed. {0}', (error as Error).message);
      const fix = vscode.l10n.t('Refresh the tests to try again; if that does not help, the log says what was tried.');
      this.#problems.add({ severity: 'error', message, fix });
    }
  }

  /** Everything anew, but only as deep as somebody has looked. */
  async refresh(token: vscode.CancellationToken): Promise<void> {
    await this.resolve(undefined);
    for (const file of [...this.#files.keys()]) {
      if (token.isCancellationRequested) return;
      await this.changed(file);
    }
  }

  /** Sees to it that the warden that is asked next has listed the projects, with the settings of now. */
  async ready(): Promise<void> {
    await this.#source.open();
    if (this.#source.generation !== this.#listedAt) await this.list();
  }

  /** True of the test files of the last list. */
  lists(file: string): boolean {
    return this.#files.has(file);
  }

  /** The items of a file: one for each project that has it. */
  filesAt(file: string): readonly vscode.TestItem[] {
    return this.#files.get(file) ?? [];
  }

  item(key: TestKey): vscode.TestItem | undefined {
    return this.#tests.get(key);
  }

  /** How many have an item. */
  get size(): TreeSize {
    return { tests: this.#tests.size, files: this.#files.size };
  }

  /** Of a test, or of a file that is one. */
  keyOf(item: vscode.TestItem): TestKey | undefined {
    const scope = this.#branches.scope(item);
    return scope.kind === 'test' ? scope.key : this.#itself.get(item);
  }

  folderOf(project: string): Folder {
    return this.#project(project)?.folder ?? { name: '', path: '' };
  }

  /** Reads a file that nobody has looked at yet. */
  async opened(item: vscode.TestItem): Promise<void> {
    if (!this.#known.get(item)?.complete) await this.discover(item);
  }

  /** Reads again the tests of a file that somebody has looked at; a file still closed stays unread. */
  async changed(file: string): Promise<void> {
    const opened = this.filesAt(file).filter(item => this.#resolved.has(item));
    await Promise.all(opened.map(item => this.discover(item)));
  }

  async discover(item: vscode.TestItem): Promise<void> {
    const scope = this.#branches.scope(item);
    if (scope.kind !== 'file') return;
    let discovery = this.#discoveries.get(item);
    if (!discovery) {
      discovery = coalesced(() => this.#inTurn(() => this.#discover(item, scope)));
      this.#discoveries.set(item, discovery);
    }
    await discovery();
  }

  /** Shows the tests of a text that nobody has saved, as far as it can be read; nothing is run, and no warden started for it. */
  async draft(file: string, { saved, typed, isCurrent }: Draft): Promise<void> {
    for (const item of this.filesAt(file)) {
      if (!this.#source.client || this.#source.generation !== this.#listedAt) return;
      const { project } = this.#branches.scope(item) as FileScope;
      const texts = [saved, typed].map(text => this.#source.request('discover', { project, file, text }));
      const [before, now] = await Promise.all(texts);
      await this.#layingOut(async () => {
        if (!isCurrent()) return;
        this.#resolved.add(item);
        await this.#layOut(item, project, drafted(this.#knownOf(item), before!.tests, now!.tests));
      });
    }
  }

  /** The item of a test that a run has found, made under its file if nobody has looked there yet. */
  ensure(test: TestInfo): vscode.TestItem | undefined {
    const known = this.#tests.get(test.key);
    if (known) return known;
    const file = this.fileOf(test);
    if (!file) return undefined;
    const { project } = this.#branches.scope(file) as FileScope;
    this.#knownOf(file).tests.push(test);
    if (test.titlePath.length === 0) return this.#isItself(file, test.key);
    let collection = file.children;
    for (const [index, { id, title }] of suitesOf(test).entries()) {
      const above =
        (test.dynamic && this.#testAt(project, test, index + 1)) ??
        collection.get(id) ??
        this.#branches.grow(collection, suiteBranch(project, test, id, title, placeText(collection.size)));
      collection = above.children;
    }
    return this.#branches.grow(collection, testBranch(project, test, collection.size));
  }

  /** The test that this one is a sub-test of, at a depth of its title path. */
  #testAt(id: string, { file, titlePath }: TestInfo, depth: number): vscode.TestItem | undefined {
    const project = this.#project(id);
    return project && this.#tests.get(testKey(project, { file, titlePath: titlePath.slice(0, depth), ordinal: 0 }));
  }

  /** The item of the file that a test is in. */
  fileOf({ file, framework }: TestInfo): vscode.TestItem | undefined {
    const projectOf = (item: vscode.TestItem) => this.#project((this.#branches.scope(item) as FileScope).project);
    return this.filesAt(file).find(item => projectOf(item)?.framework === framework);
  }

  #project(id: string): Project | undefined {
    return this.#projects.find(each => each.id === id);
  }

  async #list(): Promise<void> {
    await this.#source.open();
    const { generation } = this.#source;
    const { projects, problems } = await this.#source.request('projects', {});
    this.#listedAt = generation;
    this.#projects = projects;
    this.#problems.show('projects', problems);
    const multiRoot = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
    await this.#branches.apply(this.#controller.items, layoutProjects(projects, multiRoot));
    const files = projects.reduce((sum, project) => sum + project.files.length, 0);
    this.#log.info(`Listed ${projects.length} project(s) with ${files} test file(s).`);
    this.#listed.fire(projects);
  }

  async #discover(item: vscode.TestItem, { project, file }: FileScope): Promise<void> {
    item.busy = true;
    try {
      await this.ready();
      const { tests, problem } = await this.#source.request('discover', { project, file });
      this.#resolved.add(item);
      item.error = problem && problemText(problem);
      // While a file does not load, the tests it had are a better picture of it than none.
      if (problem && tests.length === 0) return;
      await this.#layingOut(async () => {
        this.#known.set(item, { tests: [...tests], complete: true });
        const branches = await this.#layOut(item, project, tests);
        const itself = tests.find(test => test.titlePath.length === 0);
        if (itself) this.#isItself(item, itself.key);
        item.canResolveChildren = branches.length > 0 || !itself;
      });
      this.#log.debug(`${file}: ${tests.length} test(s).`);
      this.#found.fire(tests.map(({ key }) => key));
      this.#read.fire(file);
    } catch (error) {
      item.error = problemText({ severity: 'error', message: (error as Error).message });
    } finally {
      item.busy = false;
    }
  }

  #knownOf(file: vscode.TestItem): { readonly tests: TestInfo[]; readonly complete: boolean } {
    const known = this.#known.get(file) ?? { tests: [], complete: false };
    this.#known.set(file, known);
    return known;
  }

  async #layOut(item: vscode.TestItem, project: string, tests: readonly TestInfo[]): Promise<readonly Branch[]> {
    const isLarge = tests.length > mostOfFile;
    // Those of them that runs have made an item for, because they did not pass, stay.
    const branches = layoutTests(project, isLarge ? tests.filter(({ key }) => this.#tests.has(key)) : tests);
    if (isLarge) item.description ??= vscode.l10n.t('{0} tests, too many to be listed', grouped(tests.length));
    else if (item.description && !this.#itself.has(item)) item.description = '';
    await this.#branches.apply(item.children, branches);
    return branches;
  }

  #isItself(file: vscode.TestItem, key: TestKey): vscode.TestItem {
    this.#itself.set(file, key);
    this.#tests.set(key, file);
    return file;
  }

  #index(item: vscode.TestItem, scope: Scope): void {
    if (scope.kind === 'test') this.#tests.set(scope.key, item);
    if (scope.kind !== 'file') return;
    const items = this.#files.get(scope.file) ?? [];
    if (!items.includes(item)) this.#files.set(scope.file, [...items, item]);
  }

  #unindex(item: vscode.TestItem, scope: Scope): void {
    if (scope.kind === 'test') this.#tests.delete(scope.key);
    if (scope.kind !== 'file') return;
    const itself = this.#itself.get(item);
    if (itself !== undefined) this.#tests.delete(itself);
    const others = (this.#files.get(scope.file) ?? []).filter(other => other !== item);
    if (others.length > 0) this.#files.set(scope.file, others);
    else this.#files.delete(scope.file);
  }
}
