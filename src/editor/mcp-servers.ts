import * as vscode from 'vscode';

/** In the manifest too. */
export const mcpProvider = 'bulkhead.mcp';

/** `bulkhead mcp` of this very version for the agents of VS Code that hear of MCP alone: a server a folder, started by VS Code. */
export class McpServers implements vscode.McpServerDefinitionProvider<vscode.McpStdioServerDefinition> {
  readonly #script: string;
  readonly #version: string;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeMcpServerDefinitions = this.#changed.event;

  /** `script`: the bundle of `src/cli/main.ts`. */
  constructor(script: string, version: string) {
    this.#script = script;
    this.#version = version;
  }

  /** Only in a trusted workspace: what its files say would be run. */
  register(): vscode.Disposable[] {
    // Editors that are made from VS Code may be without it, whatever version they say they are.
    const { registerMcpServerDefinitionProvider } = vscode.lm as Partial<typeof vscode.lm>;
    if (!registerMcpServerDefinitionProvider) return [this.#changed];
    return [
      this.#changed,
      registerMcpServerDefinitionProvider(mcpProvider, this),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#changed.fire()),
    ];
  }

  provideMcpServerDefinitions(): vscode.McpStdioServerDefinition[] {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    return folders.map(({ name, uri }) => {
      const definition = new vscode.McpStdioServerDefinition(
        folders.length === 1 ? 'Bulkhead' : `Bulkhead: ${name}`,
        process.execPath,
        [this.#script, 'mcp', '--folder', uri.fsPath],
        // In a desktop window that program is Electron, which would open another one.
        { ELECTRON_RUN_AS_NODE: '1' },
        this.#version,
      );
      definition.cwd = uri;
      return definition;
    });
  }
}
