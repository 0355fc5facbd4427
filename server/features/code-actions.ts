import { type CodeAction, CodeActionKind, type Range, type TextEdit } from 'vscode-languageserver';
import { commentedEdits } from '../../grammar/checks/conversion-fix.ts';
import type { Fix, Problem } from '../../grammar/problem.ts';
import { runToEnd } from '../../grammar/sliced-task.ts';
import type { KeyframeEdit } from '../../protocol/timeline.ts';
import type { Analysis } from '../documents/analysis.ts';
import { overlaps } from '../documents/lookup.ts';
import { diagnosticOf } from './diagnostics.ts';
import { keyframeOnLineOf, outcomeOf } from './keyframe-edit.ts';

/** Every mechanical fix at once; on save if the editor is set up for it. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.travel`;

/** What changes all keyframes. */
export const REWRITE = `${CodeActionKind.RefactorRewrite}.travel`;

export const CODE_ACTION_KINDS: readonly string[] = [CodeActionKind.QuickFix, FIX_ALL, REWRITE];

/** Command of the client. */
const CHOOSE_MODEL_FOLDERS = 'travel.chooseModelFolders';

/** Command of the client: shows what a fix could not carry over. Its arguments are the document's URI and the notes. */
const OFFER_NOTES = 'travel.offerNotes';

/** What the client does with code actions. */
export interface CodeActionsClient {
  /** The commands that it can run. */
  readonly commands: ReadonlySet<string>;
  /** As `diagnosticsOf` takes it. */
  readonly pages: string | null;
}

/**
 * @param only the kinds that the client asks for, with all kinds below them; undefined: all kinds
 */
export function codeActionsOf(
  analysis: Analysis,
  range: Range,
  only: readonly string[] | undefined,
  { commands, pages }: CodeActionsClient,
): CodeAction[] {
  const wanted = (kind: string) => !only || only.some((asked) => kind === asked || kind.startsWith(`${asked}.`));
  return [
    ...(wanted(CodeActionKind.QuickFix) ? quickFixes(analysis, range, { commands, pages }) : []),
    ...(wanted(CodeActionKind.QuickFix) && commands.has(CHOOSE_MODEL_FOLDERS)
      ? chooseModelFolders(analysis, range, pages)
      : []),
    ...(wanted(FIX_ALL) ? fixAll(analysis) : []),
    ...(wanted(REWRITE) ? rewriteKeyframes(analysis, range, only !== undefined, commands) : []),
  ];
}

/** Problems whose own fixes are offered at once: each may be tried first, and a selection can be a whole file. */
const MOST_PROBLEMS = 20;

function quickFixes(analysis: Analysis, range: Range, client: CodeActionsClient): CodeAction[] {
  const span = analysis.spanOf(range);
  const here = analysis.problems
    .filter((problem) => overlaps(problem.span, span) && 'fixes' in problem)
    .slice(0, MOST_PROBLEMS)
    .filter(({ fixes }) => fixes?.length);
  return [
    ...here.flatMap((problem) =>
      (problem.fixes ?? []).map((fix, i) => action(analysis, fix.title, [fix], problem, client, i === 0)),
    ),
    ...[...new Map(here.map((problem) => [problem.code, problem])).values()].flatMap((kind) =>
      fixKind(analysis, kind, client),
    ),
  ];
}

/** For models that were not found: they may be in a folder that is not searched. */
function chooseModelFolders(analysis: Analysis, range: Range, pages: string | null): CodeAction[] {
  const span = analysis.spanOf(range);
  const title = 'Choose Model Folders…';
  const missing = analysis.problems.filter((problem) => problem.missingModel && overlaps(problem.span, span));
  if (missing.length === 0) return [];
  const diagnostics = missing.map((problem) => diagnosticOf(analysis, problem, pages));
  return [{ title, kind: CodeActionKind.QuickFix, diagnostics, command: { title, command: CHOOSE_MODEL_FOLDERS } }];
}

/** A fix of every problem of one kind, if there are several: a pasted schedule is converted in one step. */
function fixKind(analysis: Analysis, problem: Problem, client: CodeActionsClient): CodeAction[] {
  const { fixes, of } = analysis.clip.fixesTogether(problem.code);
  const count = fixes.length === of ? `all ${of}` : `${fixes.length} of ${of}`;
  const title = `Fix ${count} problems of this kind`;
  return fixes.length > 1 ? [action(analysis, title, fixes, problem, client, false)] : [];
}

function fixAll(analysis: Analysis): CodeAction[] {
  const { fixes } = analysis.clip.fixesTogether(null);
  if (fixes.length === 0) return [];
  return [
    {
      title: 'Fix all auto-fixable problems',
      kind: FIX_ALL,
      edit: { changes: { [analysis.uri]: editsOf(analysis, allEdits(fixes)) } },
    },
  ];
}

const SHIFT = 'travel.shiftKeys';

/** Commands of the client that ask for a number, or do the same as an edit. In the order of a menu. */
const REWRITES: readonly { title: string; command: string; edit: KeyframeEdit | null; keyframes: number }[] = [
  { title: 'Change Length…', command: 'travel.changeLength', edit: null, keyframes: 1 },
  { title: 'Shift Keys From Here…', command: SHIFT, edit: null, keyframes: 1 },
  {
    title: 'Distribute Keyframes Evenly',
    command: 'travel.distributeKeys',
    edit: { kind: 'distributeEvenly' },
    keyframes: 3,
  },
  { title: 'Reverse Keyframes', command: 'travel.reverseKeys', edit: { kind: 'reverse' }, keyframes: 2 },
];

/** Keyframes up to which edits are made before they are asked for, so that moving the cursor stays fast. */
const MOST_REWRITTEN = 500;

/** Offered at a keyframe's key; in the rest of the file only if refactorings are asked for. */
function rewriteKeyframes(
  analysis: Analysis,
  range: Range,
  isAskedFor: boolean,
  commands: ReadonlySet<string>,
): CodeAction[] {
  const { keyframes } = analysis.document;
  const span = analysis.spanOf(range);
  const isAtKey = keyframes.some(({ position, colon }) =>
    overlaps({ start: position.span.start, end: colon.end }, span),
  );
  if (!isAtKey && !isAskedFor) return [];
  return REWRITES.flatMap(({ title, command, edit, keyframes: least }): CodeAction[] => {
    if (keyframes.length < least || (command === SHIFT && keyframeOnLineOf(analysis, range.start.line).key === null)) {
      return [];
    }
    if (commands.has(command)) return [{ title, kind: REWRITE, command: { title, command } }];
    const outcome = edit && keyframes.length <= MOST_REWRITTEN ? runToEnd(outcomeOf(analysis, edit)) : null;
    if (outcome?.kind !== 'edits' || outcome.edits.length === 0) return [];
    const edits = outcome.edits.map(({ span: place, text }) => ({ range: analysis.rangeOf(place), newText: text }));
    return [{ title, kind: REWRITE, edit: { changes: { [analysis.uri]: edits } } }];
  });
}

function action(
  analysis: Analysis,
  title: string,
  fixes: readonly Fix[],
  problem: Problem,
  { commands, pages }: CodeActionsClient,
  isPreferred: boolean,
): CodeAction {
  const notes = fixes.flatMap((fix) => fix.notes ?? []);
  // An editor without messages gets them as comments, so that nothing is lost in silence.
  const isShown = notes.length > 0 && commands.has(OFFER_NOTES);
  const edits = isShown ? allEdits(fixes) : commentedEdits(analysis.text, fixes);
  return {
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnosticOf(analysis, problem, pages)],
    ...(isPreferred && { isPreferred }),
    edit: { changes: { [analysis.uri]: editsOf(analysis, edits) } },
    ...(isShown && { command: { title, command: OFFER_NOTES, arguments: [analysis.uri, notes] } }),
  };
}

const allEdits = (fixes: readonly Fix[]): Fix['edits'] => fixes.flatMap(({ edits }) => edits);

const editsOf = (analysis: Analysis, edits: Fix['edits']): TextEdit[] =>
  edits.map(({ span, text }) => ({ range: analysis.rangeOf(span), newText: text }));
