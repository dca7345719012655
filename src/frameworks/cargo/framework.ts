import { readFile, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { InsideBody } from '../../protocol/events.ts';
import type { Discovery, Problem } from '../../protocol/messages.ts';
import { type Project, type TestInfo, testKey } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Framework, Launch, OutputTranslator } from '../framework.ts';
import { argumentsOf } from './arguments.ts';
import { type Build, build } from './build.ts';
import { hasOwnMain, type RustFile, RustFiles, titleOfProgram } from './files.ts';
import { ignoredIn, listed, type Placed, placeOf } from './listing.ts';
import { rustOutline } from './outline.ts';
import { type CargoWorkspace, findPackages, type Target, workspacesOf } from './packages.ts';
import { ProgramTranslator } from './program-translator.ts';
import type { Start } from './probe.ts';
import { type Toolchain, toolchainFor } from './toolchain.ts';
import { CargoTranslator } from './translator.ts';

/** What is known of a workspace since it was found. */
interface Known extends Toolchain, Pick<CargoWorkspace, 'root' | 'buildFolder' | 'targets'> {
  readonly files: ReadonlyMap<string, RustFile>;
}

/** A program that was built, as it answered last. */
interface Program {
  readonly start: Start;
  /** `libtest`: told test by test. `listed`: it lists tests, and its exit code tells of one of them. `program`: it is one test. */
  readonly kind: 'libtest' | 'listed' | 'program';
  readonly tests: readonly Placed[];
  /** The names of those that it lists as ignored. */
  readonly ignored: ReadonlySet<string>;
  /** When the build began: what is newer may have other tests. */
  readonly at: number;
}

/** `cargo test` from 1.63 on: each package is built once a run, and its programs started as cargo would start them. */
export class CargoFramework implements Framework {
  readonly name = 'cargo';
  readonly reporting = 'output';
  readonly #rust = new RustFiles();
  readonly #known = new Map<string, Known>();
  readonly #programs = new Map<Target['source'], Program>();
  /** cargo waits for whoever builds in the same folder, and its time would run out. */
  readonly #builds = new Map<string, Promise<unknown>>();

  async detect(context: DetectionContext): Promise<Detection> {
    if (!context.settings.cargo.enabled) return { projects: [], problems: [] };
    const { manifests, problems } = await findPackages(context);
    const [first] = manifests;
    if (first === undefined) return { projects: [], problems };
    const workspaces = await workspacesOf(manifests, context);
    const found = await Promise.all(
      workspaces.map(async each => ('severity' in each ? each : this.#projectIn(each, context))),
    );
    const projects = found.flatMap(each => (each && !('severity' in each) ? [each] : []));
    const unreadable = found.flatMap(each => (each && 'severity' in each ? [each] : []));
    return { projects, problems: [...problems, ...unreadable] };
  }

  async prepare(project: Project, file: string, context: DetectionContext): Promise<Problem | null> {
    const known = this.#known.get(project.id)!;
    const target = known.files.get(file)?.target;
    if (!target) return null;
    return context.once(`cargo program ${target.source}`, async () => {
      const at = Date.now();
      const whole = await context.once(`cargo package ${target.manifest}`, () =>
        this.#build(known, { manifest: target.manifest }, context),
      );
      const alone =
        whole.problem && !programOf(whole, target)
          ? await this.#build(known, { manifest: target.manifest, only: target }, context)
          : whole;
      const start = programOf(alone, target);
      if (!start) return alone.problem ?? notBuilt(target);
      return this.#list(known, target, { start, at }, context);
    });
  }

  async discover(project: Project, file: string): Promise<Discovery> {
    const target = this.#known.get(project.id)?.files.get(file)?.target;
    const program = target && this.#programs.get(target.source);
    if (!program || (await stat(file)).mtimeMs > program.at)
      return { tests: this.outline(project, file, await readFile(file, 'utf8')) };
    return { tests: program.tests.filter(test => test.file === file).map(test => this.#test(project, test)) };
  }

  outline(project: Project, file: string, text: string): readonly TestInfo[] {
    const known = this.#known.get(project.id)?.files.get(file);
    if (!known) return [];
    const outline = rustOutline(text);
    if (hasOwnMain({ ...known, outline })) return [this.#test(project, { file, titlePath: titleOfProgram(file) })];
    return outline.tests.map(({ path, line }) => this.#test(project, { file, titlePath: path, line }));
  }

  mayShare(project: Project, file: string): boolean {
    return this.#program(project, file)?.kind !== 'listed';
  }

  launch(project: Project, tests: readonly TestInfo[], settings: Settings): Launch {
    const [{ file }] = tests as readonly [TestInfo];
    const program = this.#program(project, file);
    if (!program) throw new Error(`The tests of ${file} were not built.`);
    const { program: own } = argumentsOf(settings);
    const names = this.#named(project, tests).map(({ name }) => name);
    const { start, kind } = program;
    const args =
      kind === 'program'
        ? own
        : [...names, '--exact', '--nocapture', ...(kind === 'libtest' ? ['--test-threads=1'] : []), ...own];
    return { file: start.program, args, cwd: start.cwd, env: { ...settings.cargo.env, ...start.env } };
  }

  translate(project: Project, tests: readonly TestInfo[], say: (event: InsideBody) => void): OutputTranslator {
    const { root } = this.#known.get(project.id)!;
    const named = this.#named(project, tests);
    const [{ name, test }] = named as [(typeof named)[number]];
    const program = this.#program(project, test.file);
    if (program?.kind === 'libtest') return new CargoTranslator(named, root, say);
    const listed = program?.kind === 'listed' ? { name, ignored: program.ignored.has(name) } : null;
    return new ProgramTranslator(test, root, listed, say);
  }

  /** Null: it has no tests. */
  async #projectIn(workspace: CargoWorkspace, context: DetectionContext): Promise<Project | Problem | null> {
    const { folder } = context;
    const toolchain = await toolchainFor(workspace.root, context);
    if ('severity' in toolchain) return toolchain;
    const files = new Map<string, RustFile>();
    for (const target of workspace.targets) {
      const own = await this.#rust.of(target);
      const speaks = target.kind === 'test' || own.some(({ outline }) => outline.mentionsTests);
      for (const each of own) {
        // A module of several targets is the first one's; the others have its tests with their own root.
        const holds = each.outline.tests.length > 0 || each.file === target.source;
        if (speaks && holds && !files.has(each.file)) files.set(each.file, each);
      }
    }
    const below = relative(folder.path, workspace.root).replaceAll('\\', '/');
    const project: Project = {
      id: `cargo:${folder.name}:${below || '.'}`,
      framework: this.name,
      folder,
      root: workspace.root,
      label: below ? `cargo · ${below}` : 'cargo',
      files: [...files.keys()].sort(),
      watch: ['**/Cargo.toml', '**/{src,tests,examples,benches}/**/*.rs'],
    };
    this.#known.set(project.id, { ...workspace, ...toolchain, files });
    return files.size === 0 ? null : project;
  }

  async #build(known: Known, what: Parameters<typeof build>[0], context: DetectionContext): Promise<Build> {
    const before = this.#builds.get(known.buildFolder);
    const mine = Promise.resolve(before).then(() => build(what, known, context));
    // Whoever wanted that build is told of it; the next one only has to wait for its end.
    this.#builds.set(
      known.buildFolder,
      mine.catch(() => null),
    );
    return mine;
  }

  async #list(
    known: Known,
    target: Target,
    built: Pick<Program, 'start' | 'at'>,
    context: DetectionContext,
  ): Promise<Problem | null> {
    const files = (await this.#rust.of(target)).filter(({ file }) => known.files.get(file)?.target === target);
    const root = files.find(({ file }) => file === target.source);
    const answer = await listed(built.start, argumentsOf(context.settings).program, context);
    const names = 'names' in answer ? answer.names : [];
    const own = root !== undefined && hasOwnMain(root);
    if ('failure' in answer && !own && answer.failure !== 'did not print a list') {
      const message = `The tests of ${target.name} cannot be listed; ${built.start.program} ${answer.failure}.\n${answer.said}`;
      return { severity: 'error', file: target.source, message, fix: 'See what the program does before its tests.' };
    }
    const isProgram = 'failure' in answer || (own && names.length === 0);
    const tests = isProgram
      ? [{ file: target.source, titlePath: titleOfProgram(target.source) }]
      : names.map(name => placeOf(name, files));
    const kind = isProgram ? 'program' : own ? 'listed' : 'libtest';
    const words = argumentsOf(context.settings).program;
    const ignored = kind === 'listed' ? await ignoredIn(built.start, words, names, context) : new Set<string>();
    this.#programs.set(target.source, { ...built, tests, kind, ignored });
    return null;
  }

  #program(project: Project, file: string): Program | undefined {
    const target = this.#known.get(project.id)?.files.get(file)?.target;
    return target && this.#programs.get(target.source);
  }

  /** The names by which the program knows them. */
  #named(project: Project, tests: readonly TestInfo[]): { readonly name: string; readonly test: TestInfo }[] {
    const files = this.#known.get(project.id)?.files;
    return tests.map(test => {
      const { module = [] } = files?.get(test.file) ?? {};
      return { test, name: [...module, ...test.titlePath].join('::') };
    });
  }

  #test(project: Project, { file, titlePath, line }: Placed): TestInfo {
    const identity = { framework: this.name, file, titlePath, ordinal: 0 };
    return { ...identity, key: testKey(project, identity), ...(line === undefined ? {} : { line }) };
  }
}

function programOf({ programs }: Build, { name, source }: Target): Start | undefined {
  return programs.find(({ target }) => target.name === name && target.source === source)?.start;
}

function notBuilt({ name, source, manifest }: Target): Problem {
  return {
    severity: 'error',
    file: source,
    message: `cargo built no tests of ${name}, which ${manifest} lists, or started them in another way than Bulkhead can follow.`,
    fix: 'Name the features or the "--target" that it needs in "frameworks.cargo.args".',
  };
}
