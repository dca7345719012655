import { type KnownFailure, loadKnownFailures } from '../config/known-failures.ts';
import { loadConfig } from '../config/load.ts';
import { presetsFor } from '../config/presets.ts';
import { withEnvFiles } from '../config/env-files.ts';
import { limitsOf, mergeLayers, settingsFor } from '../config/resolve.ts';
import type { LimitSettings, Settings, SettingsLayer } from '../config/settings.ts';
import type { CagedTool, DetectionContext, Framework } from '../frameworks/framework.ts';
import type { SourceSurvey } from '../protocol/coverage.ts';
import type { Limits } from '../protocol/limits.ts';
import type { Discovery, FolderSetup, Problem } from '../protocol/messages.ts';
import type { Folder, Project, TestInfo, TestKey } from '../protocol/tests.ts';
import { Errand } from './errand.ts';

interface FolderState {
  readonly folder: Folder;
  readonly layers: readonly SettingsLayer[];
  readonly settings: Settings;
  readonly known: readonly KnownFailure[];
}

export interface WorkspaceDeps {
  readonly frameworks: readonly Framework[];
  /** Where frameworks keep what they build. */
  readonly builds: string;
  readonly toolWith: (limits: Limits, errand: Errand) => CagedTool;
  /** What a folder asks of its cages and does not get here; nothing of it is run then, not even to list its tests. */
  readonly refuse: (settings: Settings) => Problem | null;
  /** Why nothing of a file may be started here. */
  readonly refuseFile: (layers: readonly SettingsLayer[], folder: Folder, file: string) => Problem | null;
}

/** The folders, their settings, the projects found in them, and what is known of their tests. */
export class Workspace {
  readonly #deps: WorkspaceDeps;
  #setups: readonly FolderSetup[] = [];
  #folders = new Map<string, FolderState>();
  #projects = new Map<string, Project>();
  readonly #known = new Map<string, Map<TestKey, TestInfo>>();

  constructor(deps: WorkspaceDeps) {
    this.#deps = deps;
  }

  configure(setups: readonly FolderSetup[]): void {
    this.#setups = setups;
  }

  /** Reads the configuration and looks for projects anew. */
  async detect(): Promise<{ projects: readonly Project[]; problems: readonly Problem[] }> {
    const found = await Promise.all(this.#setups.map(setup => this.#detectIn(setup)));
    this.#folders = new Map(found.map(({ state }) => [state.folder.path, state]));
    const projects = found.flatMap(folder => folder.projects);
    this.#projects = new Map(projects.map(project => [project.id, project]));
    return { projects, problems: found.flatMap(folder => folder.problems) };
  }

  /** The settings of each folder as they are now, without a look for projects. */
  settings(): Promise<{ folder: Folder; settings: Settings }[]> {
    return Promise.all(
      this.#setups.map(async setup => {
        const { state } = await stateOf(setup);
        return { folder: state.folder, settings: state.settings };
      }),
    );
  }

  /** Reads the configuration again, for a run must not use what was edited a moment ago; projects stay as they are. */
  async reread(): Promise<readonly Problem[]> {
    const states = await Promise.all(this.#setups.map(setup => stateOf(setup)));
    for (const { state } of states)
      if (this.#folders.has(state.folder.path)) this.#folders.set(state.folder.path, state);
    return states.flatMap(({ problems }) => problems);
  }

  get projects(): readonly Project[] {
    return [...this.#projects.values()];
  }

  project(id: string): Project | undefined {
    return this.#projects.get(id);
  }

  frameworkOf(project: Project): Framework {
    return this.#deps.frameworks.find(framework => framework.name === project.framework)!;
  }

  layersOf(project: Project): readonly SettingsLayer[] {
    return this.#folders.get(project.folder.path)?.layers ?? [];
  }

  /** The list of known failures of each folder, as it was last read. */
  knownFailures(): readonly { readonly folder: Folder; readonly known: readonly KnownFailure[] }[] {
    return [...this.#folders.values()];
  }

  /** What the last look at the file found; undefined before the first. */
  known(project: Project, file: string): ReadonlyMap<TestKey, TestInfo> | undefined {
    return this.#known.get(knownKey(project, file));
  }

  /** Builds what the file needs, once for all files of a run that need the same. */
  async prepare(project: Project, file: string, overrides: SettingsLayer, errand: Errand): Promise<Problem | null> {
    const framework = this.frameworkOf(project);
    if (!framework.prepare) return null;
    const all = [...this.layersOf(project), overrides];
    return (
      this.#refusal(project, file, all) ?? framework.prepare(project, file, this.#contextOf(project, file, all, errand))
    );
  }

  async discover(
    project: Project,
    file: string,
    overrides: SettingsLayer = {},
    errand = new Errand(),
  ): Promise<Discovery> {
    const all = [...this.layersOf(project), overrides];
    const refused = this.#refusal(project, file, all);
    if (refused) return { tests: [], problem: refused };
    const context = this.#contextOf(project, file, all, errand);
    const discovery = await this.frameworkOf(project).discover(project, file, context);
    const tests = [...discovery.tests, ...this.#stillFound(project, file, discovery.tests)];
    this.#known.set(knownKey(project, file), new Map(tests.map(test => [test.key, test])));
    return { ...discovery, tests };
  }

  /** What of files could run, where the framework of the project measures that. */
  async *survey(
    project: Project,
    files: readonly string[],
    config: string | null,
    errand: Errand,
  ): AsyncGenerator<readonly SourceSurvey[]> {
    const context = this.#contextOf(project, project.root, this.layersOf(project), errand);
    yield* this.frameworkOf(project).survey?.(project, files, config, context) ?? [];
  }

  /** What the text of a file says, where its framework can read it without running anything. */
  outline(project: Project, file: string, text: string): readonly TestInfo[] {
    return this.frameworkOf(project).outline?.(project, file, text) ?? [...(this.known(project, file)?.values() ?? [])];
  }

  /** A test that only a run could find: from now on it can be chosen by itself. */
  adopt(project: Project, test: TestInfo): void {
    const key = knownKey(project, test.file);
    const known = this.#known.get(key);
    if (known) known.set(test.key, test);
    else this.#known.set(key, new Map([[test.key, test]]));
  }

  /** Those found by runs whose test or file is still there. */
  #stillFound(project: Project, file: string, tests: readonly TestInfo[]): TestInfo[] {
    const paths = new Set(tests.map(({ titlePath }) => JSON.stringify(titlePath)));
    const listed = new Set(tests.map(({ key }) => key));
    const known = [...(this.known(project, file)?.values() ?? [])];
    const dynamic = known.filter(test => test.dynamic && !listed.has(test.key));
    return dynamic.filter(({ titlePath }) =>
      titlePath.some((_, depth) => paths.has(JSON.stringify(titlePath.slice(0, depth)))),
    );
  }

  #refusal(project: Project, file: string, layers: readonly SettingsLayer[]): Problem | null {
    const { settings } = this.#folders.get(project.folder.path)!;
    return this.#deps.refuse(settings) ?? this.#deps.refuseFile(layers, project.folder, file);
  }

  #contextOf(project: Project, file: string, layers: readonly SettingsLayer[], errand: Errand): DetectionContext {
    const state = this.#folders.get(project.folder.path)!;
    // To list the tests of a file is to load it, and a destructive one may begin its work right there.
    const destructive = presetsFor(layers, state.folder, file).length > 0;
    const own = settingsFor(layers, state.folder, file);
    const usual = settingsFor(state.layers, state.folder, project.root);
    return this.#context(state, limitsOf(destructive ? own : raised(usual, own)), errand);
  }

  #context({ folder, settings }: FolderState, limits: Limits, errand: Errand): DetectionContext {
    const { toolWith, builds } = this.#deps;
    return { folder, settings, tool: toolWith(limits, errand), builds, once: errand.once };
  }

  async #detectIn(setup: FolderSetup) {
    const { state, problems } = await stateOf(setup);
    const { folder, layers } = state;
    const refused = this.#deps.refuse(state.settings);
    if (refused) {
      // What was listed before stays in sight, and says why when somebody runs it.
      const projects = this.projects.filter(project => project.folder.path === folder.path);
      return { state, projects, problems: [...problems, refused] };
    }
    const context = this.#context(state, limitsOf(settingsFor(layers, folder, folder.path)), new Errand());
    const detections = await Promise.all(
      this.#deps.frameworks.map(async framework => {
        const { debugs } = framework;
        const { projects, problems } = await framework.detect(context);
        return { projects: projects.map(project => (debugs ? { ...project, debugs } : project)), problems };
      }),
    );
    return {
      state,
      projects: detections.flatMap(detection => detection.projects),
      problems: [...problems, ...detections.flatMap(detection => detection.problems)],
    };
  }
}

async function stateOf({
  folder,
  overrides,
}: FolderSetup): Promise<{ state: FolderState; problems: readonly Problem[] }> {
  const [config, list] = await Promise.all([loadConfig(folder.path), loadKnownFailures(folder.path)]);
  const layers = [config.layer, overrides];
  const { settings, problems } = withEnvFiles(mergeLayers(layers), folder);
  return {
    state: { folder, layers, settings, known: list.known },
    problems: [...config.problems, ...list.problems, ...problems],
  };
}

/** What runs needs room to be loaded first; what holds a test back is not for the framework that lists it. */
function raised(usual: Required<LimitSettings>, own: Required<LimitSettings>): Required<LimitSettings> {
  const memory = usual.memory === null || own.memory === null ? null : Math.max(usual.memory, own.memory);
  return { ...usual, memory, startup: Math.max(usual.startup, own.startup) };
}

function knownKey(project: Project, file: string): string {
  return `${project.id}\0${file}`;
}
