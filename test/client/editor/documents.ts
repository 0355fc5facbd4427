import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import { Position, Range, Selection } from './values.ts';

/** An editor whose edits change the text of its document, each call in one step. */
export class FakeEditor {
  readonly document: FakeDocument;
  selection: Selection;
  readonly steps: string[] = [];
  readonly viewColumn = 1;
  revealed: Range | null = null;
  /** Of the last time: a `TextEditorRevealType`. */
  revealedHow: number | undefined;

  constructor(document: FakeDocument, line = 0) {
    this.document = document;
    this.selection = new Selection(new Position(line, 0), new Position(line, 0));
  }

  async edit(build: (builder: { replace(range: Range, text: string): void }) => void): Promise<boolean> {
    const edits: { range: Range; newText: string }[] = [];
    build({ replace: (range, newText) => edits.push({ range, newText }) });
    const source = TextDocument.create(this.document.uri.toString(), 'travel', 1, this.document.text);
    this.steps.push(this.document.text);
    this.document.text = TextDocument.applyEdits(source, edits);
    this.document.version++;
    return true;
  }

  revealRange(range: Range, how?: number): void {
    this.revealed = range;
    this.revealedHow = how;
  }
}

export interface FakeDocument {
  uri: URI;
  languageId: string;
  encoding: string;
  version: number;
  isDirty: boolean;
  isUntitled: boolean;
  isClosed: boolean;
  text: string;
  getText(range?: Range): string;
  save(): Promise<boolean>;
  readonly lineCount: number;
  lineAt(line: number): { readonly range: Range };
  positionAt(offset: number): Position;
  offsetAt(position: Position): number;
}

export function documentAt(path: string, changes: Partial<FakeDocument> = {}): FakeDocument {
  const uri = path.includes(':') ? URI.parse(path) : URI.file(path);
  const state = { version: 1, isDirty: false, isUntitled: false, isClosed: false };
  const fresh = { uri, languageId: 'travel', encoding: 'utf8', text: '', ...state };
  const document: FakeDocument = {
    ...fresh,
    ...changes,
    getText: (range) =>
      range ? document.text.slice(document.offsetAt(range.start), document.offsetAt(range.end)) : document.text,
    async save() {
      document.isDirty = false;
      return true;
    },
    get lineCount() {
      return document.text.split('\n').length;
    },
    lineAt: (line) => ({ range: new Range(line, 0, line, document.text.split('\n')[line]!.length) }),
    offsetAt: ({ line, character }) =>
      document.text
        .split('\n')
        .slice(0, line)
        .reduce((sum, each) => sum + each.length + 1, character),
    positionAt(offset) {
      const before = document.text.slice(0, offset).split('\n');
      return new Position(before.length - 1, before.at(-1)!.length);
    },
  };
  return document;
}
