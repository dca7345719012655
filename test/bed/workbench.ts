import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import type { Bridge } from './bridge.ts';
import { Menu } from './menu.ts';
import { artifacts } from './places.ts';
import { type Settings, type Theme, themes } from './settings.ts';

/** The icon of a row of the Test Explorer, by the state it stands for. */
const icons = {
  unset: 'testing-unset-icon',
  queued: 'testing-queued-icon',
  running: 'loading',
  passed: 'testing-passed-icon',
  failed: 'testing-failed-icon',
  skipped: 'testing-skipped-icon',
  errored: 'testing-error-icon',
} as const;

/** Of one try; a palette that is open is there for good. */
const paletteMs = 20_000;

export type RowState = keyof typeof icons;

/** What a person sees and touches of VS Code, in its own words. */
export class Workbench {
  readonly page: Page;
  private readonly bridge: Bridge;

  constructor(page: Page, bridge: Bridge) {
    this.page = page;
    this.bridge = bridge;
  }

  /** Runs a command by its title, as typed into the command palette. */
  async command(title: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget .quick-input-filter input');
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    // What was done before may move the focus only now, which closes a palette that is open.
    for (let tries = 1; ; tries++) {
      try {
        await this.page.keyboard.press('F1');
        await input.fill(`>${title}`, { timeout: paletteMs });
        await row.click({ timeout: paletteMs });
        break;
      } catch (error) {
        if (tries === 3) throw error;
      }
    }
    await input.waitFor({ state: 'hidden' });
  }

  async openTestExplorer(): Promise<void> {
    await this.command('Testing: Focus on Test Explorer View');
    await this.page.locator('.test-explorer .monaco-list-row').first().waitFor();
  }

  /** A row of the Test Explorer by its label, without the description or duration that stands behind it. */
  row(label: string): Locator {
    const name = this.page.locator(`xpath=.//*[contains(@class, "label")][text() = ${literal(label)}]`);
    return this.page.locator('.test-explorer .monaco-list-row').filter({ has: name }).first();
  }

  async expand(label: string): Promise<void> {
    await this.unfold(label, 'true', 'ArrowRight');
  }

  async collapse(label: string): Promise<void> {
    await this.unfold(label, 'false', 'ArrowLeft');
  }

  /** Presses an inline button of a row, by the name a screen reader tells: "Run Test", "Debug Test", "Go to Test". */
  async press(label: string, button: string): Promise<void> {
    await this.row(label).hover();
    await this.row(label).getByRole('button', { name: button }).first().click();
  }

  /** The context menu of a row of the Test Explorer. */
  async openMenu(label: string): Promise<Menu> {
    await this.row(label).click({ button: 'right' });
    const menu = new Menu(this.page);
    await menu.opened();
    return menu;
  }

  /** Waits until the row's icon shows the state. */
  async showsState(label: string, state: RowState, timeout = 120_000): Promise<void> {
    await this.row(label).locator(`.codicon-${icons[state]}`).first().waitFor({ timeout });
  }

  /** Presses a button of the Test Explorer's own toolbar: "Run Tests", "Cancel Test Run", "Refresh Tests". */
  async toolbar(button: string): Promise<void> {
    // A keyboard shortcut may stand behind the name, in brackets.
    const name = new RegExp(`^${button}( \\(|$)`);
    await this.page.locator('.part.sidebar').getByRole('button', { name }).first().click();
  }

  /** A status bar item, by the id it was created with. */
  statusBarItem(id: string, extension = 'bulkhead.bulkhead'): Locator {
    return this.page.locator(`[id="${extension}.${id}"]`);
  }

  /** The document inside the active webview. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  toast(text: string): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  /** Changes user settings, as the settings editor does. */
  async configure(settings: Settings): Promise<void> {
    await this.bridge.evaluate(async ({ vscode }, changes) => {
      const configuration = vscode.workspace.getConfiguration();
      for (const [key, value] of Object.entries(changes))
        await configuration.update(key, value, vscode.ConfigurationTarget.Global);
    }, settings);
  }

  async theme(theme: Theme): Promise<void> {
    await this.configure({ 'workbench.colorTheme': themes[theme].name });
    await this.page.locator(`.monaco-workbench.${themes[theme].kind}`).waitFor();
  }

  /** Kept under artifacts/, for people to look at. */
  async screenshot(name: string): Promise<string> {
    const file = path.join(artifacts, `${name}.png`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
    return file;
  }

  private async unfold(label: string, expanded: 'true' | 'false', key: string): Promise<void> {
    const row = this.row(label);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === expanded) return;
    await row.locator('.label').click();
    await this.page.keyboard.press(key);
    await row.and(this.page.locator(`[aria-expanded="${expanded}"]`)).waitFor();
  }
}

/** XPath knows no escapes: a text with both kinds of quotes is put together from pieces. */
function literal(text: string): string {
  return `concat("", ${text
    .split('"')
    .map(piece => `"${piece}"`)
    .join(`, '"', `)})`;
}
