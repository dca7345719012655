import type { Locator, Page } from 'playwright-core';

/** A context menu that is open. */
export class Menu {
  readonly #page: Page;
  readonly #view: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#view = page.locator('.context-view .monaco-menu');
  }

  async opened(): Promise<void> {
    await this.#view.waitFor();
  }

  entry(name: string): Locator {
    return this.entries(name).first();
  }

  entries(name: string): Locator {
    return this.#view.locator('.action-label', { hasText: name });
  }

  /** Returns when the menu is gone: what is chosen while another is going chooses nothing. */
  async choose(name: string): Promise<void> {
    await this.entry(name).click();
    await this.#view.waitFor({ state: 'detached' });
  }

  async close(): Promise<void> {
    await this.#page.keyboard.press('Escape');
    await this.#view.waitFor({ state: 'detached' });
  }
}
