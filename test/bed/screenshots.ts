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
  await page.mouse.move(box.x + box.width, 400);
  await page.mouse.down();
  await page.mouse.move(to, 400, { steps: 5 });
  await page.mouse.up();
}
