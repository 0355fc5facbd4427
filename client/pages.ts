import {
  Disposable,
  EventEmitter,
  type FileChangeEvent,
  FileSystemError,
  type FileSystemProvider,
  Uri,
  workspace,
} from 'vscode';
import type { Middleware } from 'vscode-languageclient';

/** URI scheme of the extension's documentation pages. package.json associates it with the Markdown preview. */
const PAGES = 'travel-page';

const CODE = /^travel\/([a-z0-9-]+)$/;

const codeOf = (code: unknown) => (typeof code === 'object' && code && 'value' in code ? code.value : code);

/**
 * Links a diagnostic's code to its rendered page. The server's own link would open the page as text, and VS Code does
 * not follow command links from a hover.
 */
export const linkToPages: Middleware = {
  async provideDiagnostics(document, previousResultId, token, next) {
    const report = await next(document, previousResultId, token);
    if (report?.kind !== 'full') return report;
    for (const item of report.items) {
      const value = codeOf(item.code);
      const name = typeof value === 'string' ? CODE.exec(value)?.[1] : undefined;
      if (typeof value !== 'string' || name === undefined) continue;
      item.code = { value, target: Uri.from({ scheme: PAGES, path: `/docs/diagnostics/${name}.md` }) };
    }
    return report;
  },
};

/** @param extension the extension's folder, which contains the pages */
export function registerPages(extension: Uri): Disposable {
  return workspace.registerFileSystemProvider(PAGES, new Pages(extension), { isReadonly: true });
}

class Pages implements FileSystemProvider {
  readonly onDidChangeFile = new EventEmitter<FileChangeEvent[]>().event;
  readonly #extension: Uri;

  constructor(extension: Uri) {
    this.#extension = extension;
  }

  stat(page: Uri) {
    return workspace.fs.stat(this.#fileOf(page));
  }

  readFile(page: Uri) {
    return workspace.fs.readFile(this.#fileOf(page));
  }

  readDirectory(folder: Uri) {
    return workspace.fs.readDirectory(this.#fileOf(folder));
  }

  watch(): Disposable {
    return new Disposable(() => undefined);
  }

  createDirectory = refuse;
  writeFile = refuse;
  delete = refuse;
  rename = refuse;

  /** @throws FileSystemError if it is not in the `docs` folder */
  #fileOf(page: Uri): Uri {
    // `joinPath` resolves `..`, so the check below sees the real path.
    const file = Uri.joinPath(this.#extension, page.path);
    if (!file.path.startsWith(`${Uri.joinPath(this.#extension, 'docs').path}/`))
      throw FileSystemError.FileNotFound(page);
    return file;
  }
}

function refuse(uri: Uri): never {
  throw FileSystemError.NoPermissions(uri);
}
