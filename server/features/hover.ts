import { type Hover, MarkupKind, type Position } from 'vscode-languageserver';
import type { ResolvedModel } from '../../grammar/clip/environment.ts';
import type { TextSpan } from '../../grammar/problem.ts';
import { settingFileKind, settingModelKind } from '../../grammar/settings/entries.ts';
import type { PromptPart } from '../../grammar/syntax/document.ts';
import { interpolationText } from '../../grammar/time/interpolation.ts';
import { wildcardContent } from '../../grammar/wildcards/content.ts';
import type { Analysis } from '../documents/analysis.ts';
import { keyframeAt, promptAt, touches } from '../documents/lookup.ts';
import type { ServerHost } from '../hosts/server-host.ts';
import { unquoted } from './document-links.ts';
import { describeInput } from './hover-file.ts';
import { describeFrame, fenced } from './hover-frame.ts';
import { nameAt } from './names.ts';
import { settingDocumentation } from './setting-documentation.ts';
import { unitStepsText } from './unit-steps.ts';

/** Describes what is at a position: a setting, a model file, a definition, a wildcard, or a frame. */
export async function hoverOf(analysis: Analysis, position: Position, host: ServerHost): Promise<Hover | null> {
  const offset = analysis.offsetAt(position);
  const hover = (value: string, span: TextSpan): Hover => ({
    contents: { kind: MarkupKind.Markdown, value },
    range: analysis.rangeOf(span),
  });
  const name = nameAt(analysis, position);
  if (name) {
    const meaning = analysis.effective.settings.define[name.name];
    const text = meaning === undefined ? `\`${name.name}\` is not defined, so it is used as text.` : fenced(meaning);
    return hover(`**$${name.name}**\n\n${text}`, name.span);
  }
  const { frontMatter } = analysis.document;
  if (frontMatter && touches(frontMatter.span, offset)) return settingHover(analysis, offset, host, hover);
  // Between two parts, the second one: the mouse is over its first character.
  const part = promptAt(analysis, offset)?.parts.findLast(({ span }) => touches(span, offset));
  const partText = part && describePart(analysis, part, host);
  if (part && partText) return hover(partText, part.span);
  const timed = keyframeAt(analysis, offset);
  if (!timed) return null;
  const { span, colon } = timed.keyframe;
  const range = offset <= colon.end ? { start: span.start, end: colon.end } : span;
  return hover(describeFrame(analysis, timed, await host.tokenizer()), range);
}

function settingHover(
  analysis: Analysis,
  offset: number,
  host: ServerHost,
  hover: (value: string, span: TextSpan) => Hover,
): Hover | null {
  // The innermost setting is the last one: spans are ordered from the outside in.
  const around = [...analysis.effective.spans].filter(
    ([, { key, value }]) => touches(key, offset) || touches(value, offset),
  );
  const [path, spans] = around.at(-1) ?? [];
  if (path === undefined || !spans) return null;
  const onValue = touches(spans.value, offset) && !touches(spans.key, offset);
  const kind = settingModelKind(path);
  const written = onValue ? unquoted(analysis.text.slice(spans.value.start, spans.value.end)) : '';
  const model = kind && onValue ? analysis.environment.resolveModel(kind, written) : null;
  const unit = Number(/^controlnet\.(\d+)\.model$/.exec(path)?.[1] ?? Number.NaN);
  const isUnit = unit < analysis.effective.settings.controlnet.length;
  const acts = isUnit ? `Unit ${unit + 1} acts in ${unitStepsText(analysis.effective.settings, unit)}.` : '';
  if (model) return hover([modelText(model, host), acts].filter(Boolean).join('\n\n'), spans.value);
  const fileKind = onValue ? settingFileKind(path) : null;
  const input = fileKind && describeInput(fileKind, written, analysis.environment, host);
  if (input) return hover(input, spans.value);
  const help = settingDocumentation(path.split('.')) ?? settingDocumentation(path.split('.').slice(0, 1));
  const { settings } = analysis.effective;
  const length = /^interpolate(?:\.|$)/.test(path) ? interpolationText(settings) : null;
  const facts = length === null ? '' : `\n\n${length}`;
  return help && hover(help.markdown + facts, onValue ? spans.value : spans.key);
}

function describePart(analysis: Analysis, { kind, text }: PromptPart, host: ServerHost): string | null {
  if (kind === 'Network') {
    const name = text.slice(text.indexOf(':') + 1, -1).split(':')[0] ?? '';
    const model = analysis.environment.resolveModel('lora', name);
    return model && modelText(model, host);
  }
  if (kind === 'Wildcard') {
    const lines = analysis.environment.wildcard(text.slice(2, -2));
    if (!lines) return null;
    const choices = wildcardContent(lines).choices.map((choice) => choice.text);
    return `**${text}**: one of ${choices.length}, picked once per render\n\n${fenced(choices.slice(0, 12).join('\n'))}`;
  }
  return null;
}

function modelText({ name, description, file }: ResolvedModel, host: ServerHost): string {
  // A model that is only assumed to exist.
  if (file.path === '') return `**${name}**: assumed to exist, because model files are not read here`;
  return `**${name}**: ${host.describe(description)}\n\n\`${file.path}\`, ${(file.size / 1e6).toFixed(1)} MB`;
}
