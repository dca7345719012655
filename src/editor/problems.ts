import * as vscode from 'vscode';
import type { Problem } from '../protocol/messages.ts';

/** Faults of the user's set-up: marked in their file, written to the log, and told once each in a notification. */
export class Problems implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #marks = vscode.languages.createDiagnosticCollection('bulkhead');
  readonly #standing = new Map<string, readonly Problem[]>();
  #told = new Set<string>();

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
  }

  /** All that one source has now: a problem that has gone and comes back is told again. */
  show(source: 'settings' | 'projects', problems: readonly Problem[]): void {
    this.#standing.set(source, problems);
    const all = [...this.#standing.values()].flat();
    const fresh = problems.filter(problem => !this.#told.has(textOf(problem)));
    this.#told = new Set(all.map(textOf));
    this.#mark(all);
    this.#tell(fresh);
  }

  /** One more, met while something was done. */
  add(problem: Problem): void {
    // The numbers of a hint are others after each run, and its advice is the same.
    const what = problem.severity === 'hint' ? (problem.key ?? problem.message) : textOf(problem);
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#tell([problem]);
  }

  wardenDied(reason: string, inRun: boolean): void {
    const text = vscode.l10n.t(
      '{0} Tests without a verdict are shown as errors; the next run starts another warden.',
      reason,
    );
    const [resume, log] = [vscode.l10n.t('Resume Run'), vscode.l10n.t('Show Log')];
    const actions = [...(inRun ? [resume] : []), log];
    void vscode.window.showErrorMessage(text, ...actions).then(choice => {
      if (choice === resume) void vscode.commands.executeCommand('bulkhead.resumeInterrupted');
      if (choice === log) this.#log.show();
    });
  }

  dispose(): void {
    this.#marks.dispose();
  }

  #mark(problems: readonly Problem[]): void {
    this.#marks.clear();
    for (const problem of problems) {
      if (problem.file === undefined) continue;
      const file = vscode.Uri.file(problem.file);
      this.#marks.set(file, [...(this.#marks.get(file) ?? []), diagnostic(problem)]);
    }
  }

  #tell(problems: readonly Problem[]): void {
    for (const problem of problems) this.#log[levels[problem.severity]](textOf(problem));
    const [first, ...more] = problems;
    if (!first) return;
    const rest = more.length > 0 ? ` ${vscode.l10n.t('({0} more in the log)', more.length)}` : '';
    const [open, log] = [vscode.l10n.t('Open'), vscode.l10n.t('Show Log')];
    const configure = vscode.l10n.t('Configure');
    const doctor = vscode.l10n.t('Doctor');
    const offered = [
      ...(first.severity === 'hint' ? [configure] : first.file === undefined ? [] : [open]),
      ...(first.doctor ? [doctor] : []),
    ];
    const text = `Bulkhead: ${textOf(first)}${rest}`;
    void notification(first.severity)(text, ...offered, log).then(choice => {
      if (choice === open && first.file !== undefined) {
        void vscode.window.showTextDocument(vscode.Uri.file(first.file), { selection: rangeOf(first) });
      } else if (choice === configure) void vscode.commands.executeCommand('bulkhead.configure', first.key);
      else if (choice === doctor) void vscode.commands.executeCommand('bulkhead.doctor');
      else if (choice === log) this.#log.show();
    });
  }
}

const levels = { error: 'error', warning: 'warn', hint: 'info' } as const;

function notification(
  severity: Problem['severity'],
): (text: string, ...items: string[]) => Thenable<string | undefined> {
  switch (severity) {
    case 'error':
      return vscode.window.showErrorMessage;
    case 'warning':
      return vscode.window.showWarningMessage;
    case 'hint':
      return vscode.window.showInformationMessage;
  }
}

function textOf({ file, line, key, message, fix }: Problem): string {
  const place =
    file === undefined ? '' : `${vscode.workspace.asRelativePath(file)}${line === undefined ? '' : `:${line}`}: `;
  const named = key === undefined || message.includes(key) ? '' : `"${key}": `;
  return `${place}${named}${sentences(message, fix)}`;
}

/** Messages are written to stand alone on a line, without a full stop. */
function sentences(message: string, fix: string | undefined): string {
  if (!fix) return message;
  return `${/[.!?]$/.test(message) ? message : `${message}.`} ${fix}`;
}

function diagnostic(problem: Problem): vscode.Diagnostic {
  const severity = problem.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const text = sentences(problem.message, problem.fix);
  const mark = new vscode.Diagnostic(rangeOf(problem), text, severity);
  mark.source = 'bulkhead';
  return mark;
}

/** The whole line: only its number is known. */
function rangeOf({ line = 1 }: Problem): vscode.Range {
  return new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER);
}

/** Behind an item of the Test Explorer. */
export function problemText({ message, fix }: Problem): vscode.MarkdownString {
  const text = new vscode.MarkdownString().appendText(message);
  return fix ? text.appendMarkdown('\n\n').appendText(fix) : text;
}
