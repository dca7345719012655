import type { FromPanel, ToPanel } from '../../../src/panel/messages.ts';
import type { Theme } from './harness.ts';

declare global {
  interface Window {
    sentToHost: FromPanel[];
    savedState: unknown;
    acquireVsCodeApi: () => unknown;
  }
}

/** Runs in the page before its own script: what VS Code puts around a webview. It must not use anything of this module. */
export function pretendEditor({
  theme,
  replies,
  state,
}: {
  theme: Theme;
  replies: readonly ToPanel[];
  state: unknown;
}): void {
  window.sentToHost = [];
  window.savedState = state;
  window.acquireVsCodeApi = () => {
    performance.mark('script');
    for (const [name, value] of Object.entries(theme.variables))
      document.documentElement.style.setProperty(name, value);
    document.body.className = theme.bodyClass;
    const defaults = new CSSStyleSheet();
    defaults.replaceSync(`@layer vscode-default {
      body { background-color: var(--vscode-editor-background); color: var(--vscode-editor-foreground);
        font-family: var(--vscode-font-family); font-weight: var(--vscode-font-weight); font-size: var(--vscode-font-size);
        margin: 0; padding: 0 20px; }
      html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
      input:focus { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }
      code { font-family: var(--vscode-editor-font-family); color: var(--vscode-textPreformat-foreground);
        background-color: var(--vscode-textPreformat-background); padding: 1px 3px; border-radius: 4px; }
    }`);
    document.adoptedStyleSheets.push(defaults);
    return {
      getState: () => window.savedState,
      setState: (next: unknown) => (window.savedState = next),
      postMessage: (message: FromPanel) => {
        window.sentToHost.push(message);
        if (message.type !== 'ready') return;
        performance.mark('ready');
        for (const data of replies) setTimeout(() => window.dispatchEvent(new MessageEvent('message', { data })));
      },
    };
  };
}
