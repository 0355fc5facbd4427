/** What the page consists of, as addresses that its webview may load. */
export interface PageParts {
  /** Where the webview loads local files from. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  /** Another one for each page. */
  readonly nonce: string;
  /** Of the texts, such as `ja`. */
  readonly language: string;
  /** Translations by their English text. */
  readonly strings: Readonly<Record<string, string>>;
}

/**
 * The page that loads the preview. Only the extension's own script runs, and nothing is loaded from elsewhere: all data
 * comes in messages, except texts, which the page shows before the first one.
 */
export function pageHtml({ cspSource, script, style, nonce, language, strings }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `img-src ${cspSource} blob: data:`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
  ].join('; ');
  const texts = JSON.stringify(strings).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="l10n" content="${texts}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" nonce="${nonce}" href="${style}">
<title>Prompt Travel</title>
</head>
<body>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
