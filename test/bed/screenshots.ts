// node test/bed/screenshots.ts: the pictures of the README, of the packaged extension in a real VS Code, in media/readme/.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Bridge } from './bridge.ts';
import { examples, extensionRoot, repository } from './places.ts';
import { typescript } from './settings.ts';
import { openWindow, type Window } from './window.ts';

const folder = path.join(extensionRoot, 'media/readme');
const viewport = { width: 1280, height: 720 };
const everything = { x: 0, y: 0, ...viewport };

const place = fs.mkdtempSync(path.join(os.tmpdir(), 'bulkhead-screenshots-'));
const workspace = path.join(place, 'examples');
fs.cpSync(examples, workspace, { recursive: true });
fs.symlinkSync(path.join(repository, 'node_modules'), path.join(place, 'node_modules'));
const trouble = (name: string) => path.join(workspace, 'test/trouble', `${name}.test.js`);

const window = await openWindow({
  folder: workspace,
  viewport,
  settings: {
    ...typescript,
    'workbench.colorTheme': 'Dark Modern',
    'window.commandCenter': false,
    'workbench.layoutControl.enabled': false,
    'breadcrumbs.enabled': false,
    'editor.fontSize': 12,
    'editor.wordWrap': 'on',
    'editor.minimap.enabled': false,
    'editor.occurrencesHighlight': 'off',
    'editor.lightbulb.enabled': 'off',
    'testing.countBadge': 'off',
  },
});
try {
  fs.mkdirSync(folder, { recursive: true });
  await window.workbench.openTestExplorer();
  await tests(window);
  await report(window);
  await processes(window);
  await doctor(window);
} finally {
  await window.close();
  fs.rmSync(place, { recursive: true });
}
for (const name of fs.readdirSync(folder)) console.log(name, fs.statSync(path.join(folder, name)).size);

async function tests(shown: Window): Promise<void> {
  const { workbench, bridge } = shown;
  const { page } = workbench;
  // Of so much text, a larger one would be a heavy picture.
  const small = { width: 1120, height: 640 };
  await page.setViewportSize(small);
  await sideBar(shown, 430);
  await command(bridge, 'bulkhead.runAll');
  for (const label of ['mocha', 'test', 'trouble']) await workbench.expand(label);
  for (const file of ['daemon', 'endless-loop', 'exit', 'memory-hog', 'segfault']) {
    await workbench.expand(`${file}.test.js`);
    await workbench.expand(file.replace('-', ' '));
  }
  await bridge.until(host => host.runs()[0]?.ended);
  await command(bridge, 'workbench.panel.testResults.view.focus');
  const message = page.locator('.test-output-peek-tree .monaco-list-row', { hasText: /Out of memory: / }).first();
  await message.click();
  await bridge.evaluate(async ({ vscode }, file) => {
    const selection = new vscode.Range(8, 0, 8, 0);
    await vscode.window.showTextDocument(vscode.Uri.file(file), { selection });
  }, trouble('memory-hog'));
  await page.waitForTimeout(3000);
  await page.mouse.move(900, 5);
  await take(shown, 'tests', { ...everything, ...small });
  await page.setViewportSize(viewport);
}

async function report(shown: Window): Promise<void> {
  const { workbench, bridge } = shown;
  const { page } = workbench;
  for (const id of ['closeAllEditors', 'closePanel', 'toggleSidebarVisibility'])
    await command(bridge, `workbench.action.${id}`);
  await command(bridge, 'bulkhead.showReport');
  const panel = workbench.webview();
  await panel.getByText('takes 16 MiB after 16 MiB').first().waitFor();
  await page.waitForTimeout(1500);
  await take(shown, 'report', everything);
  await panel.getByRole('button', { name: /takes 16 MiB after/ }).click();
  await panel.getByRole('img', { name: /^Memory over/ }).scrollIntoViewIfNeeded();
  await page.waitForTimeout(1000);
  await take(shown, 'details', everything);
}

/** While a run goes on: a test that never ends is given the time to be looked at, and is then stopped. */
async function processes(shown: Window): Promise<void> {
  const { workbench, bridge } = shown;
  const { page } = workbench;
  const configuration = path.join(workspace, 'bulkhead.config.json');
  fs.writeFileSync(configuration, fs.readFileSync(configuration, 'utf8').replace('"1s"', '"90s"'));
  const small = { width: 800, height: 400 };
  await page.setViewportSize(small);
  await bridge.evaluate(async ({ vscode }, file) => {
    await vscode.window.showTextDocument(vscode.Uri.file(file));
    await vscode.commands.executeCommand('workbench.action.closeOtherEditors');
  }, trouble('endless-loop'));
  await command(bridge, 'workbench.view.testing.focus');
  await sideBar(shown, 540);
  await command(bridge, 'bulkhead.showProcesses');
  await command(bridge, 'bulkhead.runFile');
  const row = (level: number) => page.locator(`.customview-tree .monaco-list-row[aria-level="${level}"]`);
  await row(2).filter({ hasText: 'is a healthy neighbour' }).waitFor({ state: 'detached' });
  await row(3)
    .filter({ hasText: /CPU [1-9][\d.]* s/ })
    .waitFor();
  await page.mouse.move(700, 350);
  await page.waitForTimeout(1000);
  await take(shown, 'processes', { ...everything, ...small });
  await command(bridge, 'bulkhead.stop');
  await bridge.until(host => host.runs()[0]?.ended);
}

async function doctor(shown: Window): Promise<void> {
  const { workbench, bridge } = shown;
  const { page } = workbench;
  const small = { width: 960, height: 520 };
  await page.setViewportSize(small);
  for (const id of ['closeAllEditors', 'toggleSidebarVisibility']) await command(bridge, `workbench.action.${id}`);
  await command(bridge, 'notifications.clearAll');
  await command(bridge, 'bulkhead.doctor');
  await page.locator('.tab.active', { hasText: 'Bulkhead Doctor' }).waitFor();
  await bridge.evaluate(({ vscode }) => {
    const editor = vscode.window.activeTextEditor!;
    const line = editor.document.getText().split('\n').indexOf('## The cage of each test');
    editor.revealRange(new vscode.Range(line, 0, line, 0), vscode.TextEditorRevealType.AtTop);
  });
  await page.waitForTimeout(3000);
  await take(shown, 'doctor', { ...everything, ...small });
}

/** By its id: an action that moves the focus would close a palette that is opened too soon after it. */
async function command(bridge: Bridge, id: string): Promise<void> {
  await bridge.evaluate(({ vscode }, each) => void vscode.commands.executeCommand(each), id);
}

async function take({ workbench }: Window, name: string, clip: typeof everything): Promise<void> {
  await workbench.page.screenshot({ path: path.join(folder, `${name}.png`), clip });
}

/** Drags the edge of the side bar. */
async function sideBar({ workbench: { page } }: Window, to: number): Promise<void> {
  const bar = page.locator('.part.sidebar');
  await bar.waitFor();
  const box = (await bar.boundingBox())!;
  await page.mouse.move(box.x + box.width, 300);
  await page.mouse.down();
  await page.mouse.move(to, 300, { steps: 5 });
  await page.mouse.up();
}
