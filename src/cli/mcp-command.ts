import { randomUUID } from 'node:crypto';
import { answer } from '../agents/answer.ts';
import type { AgentEngine, AgentRun, RunEnd } from '../agents/engine.ts';
import { ToolProblem } from '../agents/input.ts';
import { McpServer } from '../agents/mcp-server.ts';
import type { Notice } from '../protocol/messages.ts';
import type { McpCommand } from './commands.ts';
import { Connection, WardenGone } from './connection.ts';
import { exitCodes } from './exit-codes.ts';
import type { Program } from './program.ts';
import { readSetup } from './setup.ts';
import { prepareStorage } from './storage.ts';

/** Serves an agent over standard input and output until it goes away, which ends everything that runs. */
export async function mcpCommand(command: McpCommand, program: Program): Promise<number> {
  const { console, env, cwd, interruption, version } = program;
  const setup = await readSetup({ folder: command.folder, paths: [] }, env, cwd);
  console.complain(setup.problems);
  // A faulty configuration is told to the agent by its first call: it may mend it.
  if (!('folder' in setup)) return exitCodes.usage;
  const engine = new TerminalEngine(command, program);
  const server = new McpServer({
    version,
    input: process.stdin,
    output: process.stdout,
    call: (tool, input, signal) => answer({ tool, input, signal }, engine),
  });
  try {
    await Promise.race([server.serve(), interruption.requested]);
    await server.close();
    return interruption.exitCode ?? exitCodes.passed;
  } finally {
    await engine.close();
  }
}

/** The engine behind a server of its own: a warden from the first call on, and another one when that has died. */
class TerminalEngine implements AgentEngine {
  readonly #command: McpCommand;
  readonly #program: Program;
  readonly #runs = new Map<string, AgentRun['onRecord']>();
  #connection: Promise<Connection> | null = null;

  constructor(command: McpCommand, program: Program) {
    this.#command = command;
    this.#program = program;
  }

  readonly ask: AgentEngine['ask'] = async (name, params) => {
    this.#connection ??= this.#open();
    try {
      return await (await this.#connection).ask(name, params);
    } catch (error) {
      if (error instanceof WardenGone) this.#connection = null;
      throw error;
    }
  };

  async projects() {
    const { projects, problems } = await this.ask('projects', {});
    const error = problems.find(({ severity }) => severity === 'error');
    if (projects.length === 0 && error) throw new ToolProblem([error.message, error.fix].filter(Boolean).join(' '));
    return projects;
  }

  async run({ selection, overrides, onRecord, signal }: AgentRun): Promise<RunEnd> {
    const run = randomUUID();
    this.#runs.set(run, onRecord);
    // That the warden is gone is heard by the question about the run.
    const stop = () => void this.ask('stop', { run, hard: false }).catch(() => undefined);
    try {
      const summary = this.ask('run', { run, selection, overrides });
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      return { summary: await summary };
    } catch (error) {
      return { because: (error as Error).message };
    } finally {
      signal.removeEventListener('abort', stop);
      this.#runs.delete(run);
    }
  }

  /** Resolves when nothing of any run is alive. */
  async close(): Promise<void> {
    // Whoever asked for one that could not be made was told so then.
    const connection = await this.#connection?.catch(() => null);
    await connection?.close();
  }

  /** The folder's settings are read again for each warden, and its file for each run. */
  async #open(): Promise<Connection> {
    const { dist, env, cwd, console } = this.#program;
    const setup = await readSetup({ folder: this.#command.folder, paths: [] }, env, cwd);
    if (!('folder' in setup)) throw new ToolProblem(setup.problems.map(({ message }) => message).join(' '));
    const storage = await prepareStorage(setup.folder.folder.path);
    if (storage.problem) console.complain([storage.problem]);
    return Connection.open({
      dist,
      env,
      storage: storage.path,
      folder: setup.folder,
      onNotice: notice => this.#hear(notice),
    });
  }

  #hear(notice: Notice): void {
    if (notice.notice === 'record') this.#runs.get(notice.run)?.(notice.record);
    if (notice.notice === 'problem') this.#program.console.complain([notice.problem]);
  }
}
