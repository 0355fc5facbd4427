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

/** The extension's own pages. The manifest says that what lies here is shown as it reads, not as it is written. */
const PAGES = 'travel-page';

const CODE = /^travel\/([a-z0-9-]+)$/;

const codeOf = (code: unknown) => (typeof code === 'object' && code && 'value' in code ? code.value : code);

/**
 * Lets a click on a diagnostic's code show its page. The server's own link would open the text of the page, and a link
 * to a command is not followed from a hover.
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

/** @param program folder of the extension, which brings the pages along */
export function registerPages(program: Uri): Disposable {
  return workspace.registerFileSystemProvider(PAGES, new Pages(program), { isReadonly: true });
}

class Pages implements FileSystemProvider {
  readonly onDidChangeFile = new EventEmitter<FileChangeEvent[]>().event;
  readonly #program: Uri;

  constructor(program: Uri) {
    this.#program = program;
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

  /** @throws FileSystemError for what is no page */
  #fileOf(page: Uri): Uri {
    // Made normal by `joinPath`, so that no `..` leads out.
    const file = Uri.joinPath(this.#program, page.path);
    if (!file.path.startsWith(`${Uri.joinPath(this.#program, 'docs').path}/`)) throw FileSystemError.FileNotFound(page);
    return file;
  }
}

function refuse(uri: Uri): never {
  throw FileSystemError.NoPermissions(uri);
}
