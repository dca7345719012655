import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { type Detected, detectMechanism } from '../../src/cages/detect.ts';
import { findKeeper } from '../../src/cages/find-keeper.ts';
import type { SettingsLayer } from '../../src/config/settings.ts';
import type { CagedProcess } from '../../src/engine/caged-process.ts';
import { Capacity } from '../../src/engine/capacity.ts';
import { Journal } from '../../src/engine/journal.ts';
import type { AskHistory } from '../../src/engine/past-outcomes.ts';
import type { Earlier } from '../../src/engine/resumption.ts';
import { Run } from '../../src/engine/run.ts';
import { Workspace } from '../../src/engine/workspace.ts';
import type {
  Detection,
  DetectionContext,
  Framework,
  Launch,
  OutputTranslator,
} from '../../src/frameworks/framework.ts';
import type { InsideBody, Reporting } from '../../src/protocol/events.ts';
import type { Discovery, Notice, RunSummary, Selection } from '../../src/protocol/messages.ts';
import { type Project, type TestInfo, testKey } from '../../src/protocol/tests.ts';
import type { TestRecord } from '../../src/protocol/verdict.ts';

/**
 * A small framework of shell scripts, to show what the engine makes of what a framework says. A script lists its tests in lines
 * of `# test: suite > title`, is started with the titles of the wanted ones in $TESTS, and says its events itself.
 */
export class ScriptFramework implements Framework {
  readonly name = 'script';
  readonly reporting: Exclude<Reporting, 'exit-code'>;

  constructor(reporting: Exclude<Reporting, 'exit-code'>) {
    this.reporting = reporting;
  }

  async detect({ folder }: DetectionContext): Promise<Detection> {
    const files = readdirSync(folder.path).filter(name => name.endsWith('.sh'));
    const project: Project = {
      id: 'script',
      framework: this.name,
      folder,
      root: folder.path,
      label: '.',
      files: files.sort().map(name => join(folder.path, name)),
      watch: [],
    };
    return { projects: [project], problems: [] };
  }

  async discover(project: Project, file: string): Promise<Discovery> {
    const titles = [...readFileSync(file, 'utf8').matchAll(/^# test: (.*)$/gm)].map(([, title]) => title!.split(' > '));
    return { tests: titles.map(titlePath => testOf(project, file, titlePath)) };
  }

  launch(_project: Project, tests: readonly TestInfo[]): Launch {
    const file = tests[0]!.file;
    const TESTS = tests.map(({ titlePath }) => titlePath.join(' > ')).join(',');
    const prelude = `${this.reporting === 'output' ? 'say() { echo "::$1"; }' : 'say() { echo "$1" >&3; }'}\n${vocabulary}`;
    return { file: '/bin/sh', args: ['-c', `${prelude}. "$0"`, file], cwd: dirname(file), env: { TESTS } };
  }

  /** Lines that begin with `::` are events; everything else is the test's own. */
  translate = (_project: Project, _tests: readonly TestInfo[], say: (event: InsideBody) => void): OutputTranslator => {
    let rest = '';
    const own = (line: string): string => {
      if (!line.startsWith('::')) return line;
      say(JSON.parse(line.slice(2)) as InsideBody);
      return '';
    };
    return {
      push(chunk) {
        const lines = `${rest}${chunk.toString('utf8')}`.split(/(?<=\n)/);
        rest = lines.at(-1)?.endsWith('\n') ? '' : (lines.pop() ?? '');
        return Buffer.from(lines.map(own).join(''));
      },
      end({ code }) {
        if (rest.startsWith('::')) own(rest);
        // As of a program that tells of its end by its code alone.
        if (code === 64) say({ t: 'bye', code: 64 });
      },
    };
  };
}

/** Words for the scripts, each an event with a number of its own. */
const vocabulary = `
S=0
event() { say "{\\"s\\":$S,$1}"; S=$((S + 1)); }
hello() { event '"t":"hello","framework":"script","version":"1"'; }
path() { printf '["%s"]' "$(printf %s "$1" | sed 's/ > /","/g')"; }
found() { event "\\"t\\":\\"found\\",\\"path\\":$(path "$1"),\\"ordinal\\":0"; }
start() { event "\\"t\\":\\"start\\",\\"path\\":$(path "$1"),\\"ordinal\\":0"; }
end() { event "\\"t\\":\\"end\\",\\"path\\":$(path "$1"),\\"ordinal\\":0,\\"state\\":\\"$2\\",\\"ms\\":1$3"; }
wanted() { case ",$TESTS," in *",$1,"*) return 0 ;; esac; return 1; }
bye() { event "\\"t\\":\\"bye\\"$1"; }
`;

function testOf(project: Project, file: string, titlePath: readonly string[]): TestInfo {
  const identity = { framework: 'script', file, titlePath, ordinal: 0 };
  return { ...identity, key: testKey(project, identity) };
}

export interface ScriptRun {
  readonly summary: RunSummary;
  readonly records: readonly TestRecord[];
  readonly notices: readonly Notice[];
  /** The verdict of each test, by its whole title. */
  readonly verdicts: Readonly<Record<string, string>>;
}

/** A folder of scripts and the engine to run them in, in this process. */
export class ScriptBed {
  readonly root = mkdtempSync(join(tmpdir(), 'bulkhead-scripts-'));
  readonly workspace: Workspace;
  readonly #detected: Detected;
  #units = 0;
  /** What the history says of earlier runs. */
  past: AskHistory | null = null;
  /** What the run had done before it was interrupted. */
  earlier: Earlier | null = null;
  onCage: (process: CagedProcess) => void = () => {};

  static async open(framework: Framework, scripts: Readonly<Record<string, string>>): Promise<ScriptBed> {
    const keeper = await findKeeper(resolve(import.meta.dirname, '../../dist'));
    const bed = new ScriptBed(framework, await detectMechanism({ keeper }));
    for (const [name, script] of Object.entries(scripts)) bed.write(name, script);
    await bed.workspace.detect();
    return bed;
  }

  private constructor(framework: Framework, detected: Detected) {
    this.#detected = detected;
    this.workspace = new Workspace({
      frameworks: [framework],
      builds: '',
      toolWith: () => ({ run: () => Promise.reject(new Error('scripts are listed without a process')) }),
      refuse: () => null,
      refuseFile: () => null,
    });
    this.workspace.configure([{ folder: { name: 'scripts', path: this.root }, overrides: {} }]);
  }

  write(name: string, script: string): void {
    writeFileSync(join(this.root, name), script);
    chmodSync(join(this.root, name), 0o755);
  }

  /** Chosen by their whole titles. */
  select(...titles: readonly string[]): Selection {
    const [project] = this.workspace.projects;
    const files = project!.files.flatMap(file => {
      const known = [...(this.workspace.known(project!, file)?.values() ?? [])];
      const tests = known.filter(test => titles.includes(test.titlePath.join(' > '))).map(({ key }) => key);
      return tests.length > 0 ? [{ file, tests }] : [];
    });
    return { kind: 'some', projects: [{ project: project!.id, files }] };
  }

  async run(
    overrides: SettingsLayer = {},
    selection: Selection = { kind: 'all' },
    hear: (notice: Notice) => void = () => {},
  ): Promise<ScriptRun> {
    const notices: Notice[] = [];
    const storage = join(this.root, '.bulkhead');
    mkdirSync(storage, { recursive: true });
    const id = randomUUID();
    const journal = new Journal({
      storage,
      run: id,
      opening: { selection, overrides },
      onProblem: problem => notices.push({ notice: 'problem', problem }),
    });
    const deps = {
      id,
      workspace: this.workspace,
      mechanism: this.#detected.mechanism,
      scratch: storage,
      journal,
      earlier: this.earlier,
      past: this.past,
      coverage: null,
      capacity: new Capacity(),
      notify: async (notice: Notice) => {
        notices.push(notice);
        hear(notice);
      },
      onCage: (process: CagedProcess) => this.onCage(process),
      debugging: null,
      nextUnit: () => `unit-${++this.#units}`,
    };
    const summary = await new Run(deps, { grace: 100, ...overrides }).execute(selection);
    journal.close();
    const records = notices.flatMap(notice => (notice.notice === 'record' ? [notice.record] : []));
    const verdicts = Object.fromEntries(
      records.map(({ test, verdict }) => [test.titlePath.join(' > ') || basename(test.file), verdict.kind]),
    );
    return { summary, records, notices, verdicts };
  }

  async close(): Promise<void> {
    await this.#detected.mechanism.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}
