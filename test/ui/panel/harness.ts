import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { build } from 'esbuild';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { FromPanel, ToPanel } from '../../../src/panel/messages.ts';
import { reportPage } from '../../../src/panel/page.ts';
import { offline } from '../../bed/browser.ts';
import { repository } from '../../bed/places.ts';
import { pretendEditor } from './pretend-editor.ts';

const origin = 'http://127.0.0.1';

export interface Theme {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** The variables that report.css asks for, as VS Code 1.139 gives them to a webview. */
export const themes = JSON.parse(readFileSync(path.join(import.meta.dirname, 'themes.json'), 'utf8')) as Readonly<
  Record<'dark' | 'light' | 'high-contrast' | 'high-contrast-light', Theme>
>;
export type ThemeName = keyof typeof themes;

export interface Bundle {
  readonly script: string;
  readonly style: string;
}

/** As esbuild.js makes it for the packaged extension. */
export async function bundlePanel(): Promise<Bundle> {
  const { outputFiles } = await build({
    entryPoints: ['report.ts', 'report.css'].map(name => path.join(repository, 'src/panel', name)),
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    outdir: 'panel',
  });
  const text = (end: string) => outputFiles.find(file => file.path.endsWith(end))!.text;
  return { script: text('.js'), style: text('.css') };
}

export interface Panel {
  readonly page: Page;
  /** What the panel sent to its host so far. */
  sent(): Promise<FromPanel[]>;
  send(...messages: readonly ToPanel[]): Promise<void>;
  /** Errors of the page, and whatever its content security policy refused. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

export interface PanelOptions {
  readonly theme?: ThemeName;
  readonly context?: BrowserContextOptions;
  /** Answers to `ready`, in the page itself, so that a time measured there is the panel's own. */
  readonly replies?: readonly ToPanel[];
  readonly state?: unknown;
}

/** The panel's page as the extension would make it, in a browser and with an editor that only pretends. */
export async function openPanel(browser: Browser, bundle: Bundle, options: PanelOptions = {}): Promise<Panel> {
  const context = await browser.newContext({ viewport: { width: 1240, height: 800 }, ...options.context });
  await offline(context);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', error => faults.push(String(error)));
  page.on('console', message => message.type() === 'error' && faults.push(message.text()));
  const html = reportPage({
    script: '/report.js',
    style: '/report.css',
    cspSource: origin,
    nonce: 'n0nce',
    language: 'en',
  });
  await page.route(`${origin}/**`, route => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/report.js') return route.fulfill({ body: bundle.script, contentType: 'text/javascript' });
    if (pathname === '/report.css') return route.fulfill({ body: bundle.style, contentType: 'text/css' });
    return route.fulfill(pathname === '/' ? { body: html, contentType: 'text/html' } : { status: 204 });
  });
  const { replies = [], state = null } = options;
  await page.addInitScript(pretendEditor, { theme: themes[options.theme ?? 'dark'], replies, state });
  await page.goto(`${origin}/`);
  return {
    page,
    faults,
    sent: () => page.evaluate(() => window.sentToHost),
    send: (...messages) =>
      page.evaluate(all => {
        for (const data of all) window.dispatchEvent(new MessageEvent('message', { data }));
      }, messages),
    close: () => context.close(),
  };
}
