type Translator = (message: string, ...args: (string | number)[]) => string;

let translator: Translator = (message, ...args) => message.replace(/\{(\d+)\}/g, (_, at) => String(args[Number(at)]));

/** For modules that know nothing of VS Code: English until the extension says how its user's language is spoken. */
export function t(message: string, ...args: (string | number)[]): string {
  return translator(message, ...args);
}

export function translateBy(given: Translator): void {
  translator = given;
}
