import assert from 'node:assert/strict';
import { openWindow, type Window } from '../bed/window.ts';
import { copiedWorkspace } from '../bed/workspaces.ts';

/** As VS Code wants it where the window is elsewhere than its folder: it takes an absolute path for one of the window's machine. */
const file = 'test/verdicts.test.js';

describe("VS Code's own tool for agents that run tests", () => {
  const workspace = copiedWorkspace();
  const dialogs = () => window.workbench.page.locator('.monaco-dialog-box');
  let window: Window;

  before(async () => {
    window = await openWindow({ folder: workspace.folder });
    await window.workbench.openTestExplorer();
  });

  after(async () => {
    assert.deepEqual((await window?.close()) ?? [], []);
    workspace.remove();
  });

  it('runs the tests of a file that nobody has opened, and is told what happened to each first', async () => {
    const answer = await asked({ files: [file] });
    assert.match(answer, /Out of memory: .+128 MiB/);
    assert.match(answer, /Crashed: SIGSEGV/);
    assert.match(answer, /Exited early with code 0/);
    assert.equal(await dialogs().count(), 0, 'a dialog of ours stands in the way');
  });

  it('runs one test by its name, and gets an answer when all is well', async () => {
    const answer = await asked({ files: [file], testNames: ['leaves a process behind'] });
    assert.match(answer, /<summary passed=1 failed=0 /);
    assert.equal(await dialogs().count(), 0);
  });

  /** A person is asked by VS Code itself before it runs anything, outside of a chat. */
  async function asked(input: object): Promise<string> {
    const answer = window.bridge.evaluate(async ({ vscode }, given) => {
      const { content } = await vscode.lm.invokeTool('runTests', { input: given, toolInvocationToken: undefined });
      return content.map(part => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('\n');
    }, input);
    // Where nobody was asked, the answer says why.
    await Promise.race([dialogs().waitFor(), answer]);
    await window.workbench.screenshot('agents/1-asked');
    await dialogs().getByRole('button', { name: 'Yes' }).click();
    return answer;
  }
});
