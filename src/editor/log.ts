import type * as vscode from 'vscode';
import type { Notice } from '../protocol/messages.ts';

export function writeLog(log: vscode.LogOutputChannel, { level, text }: Extract<Notice, { notice: 'log' }>): void {
  switch (level) {
    case 'debug':
      return log.debug(text);
    case 'info':
      return log.info(text);
    case 'warn':
      return log.warn(text);
    case 'error':
      return log.error(text);
  }
}
