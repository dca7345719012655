export interface PageParts {
  /** Addresses that the webview may load, from `asWebviewUri`. */
  readonly script: string;
  readonly style: string;
  readonly cspSource: string;
  /** New for each page. */
  readonly nonce: string;
  readonly language: string;
}

/** The whole document of the run report. It carries no data: that comes as messages once the script is ready. */
export function reportPage({ script, style, cspSource, nonce, language }: PageParts): string {
  const policy = `default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'`;
  return `<!doctype html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escaped(style)}">
<title>Bulkhead: run report</title>
</head>
<body>
<script nonce="${escaped(nonce)}" src="${escaped(script)}"></script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
