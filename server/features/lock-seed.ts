import { addSettings } from '../../grammar/settings/add-settings.ts';
import { readSettings } from '../../grammar/settings/read.ts';
import type { LockSeedAnswer, LockSeedRequest } from '../../protocol/plan-request.ts';
import type { Analysis } from '../documents/analysis.ts';
import type { OpenDocuments } from '../documents/open-documents.ts';

/**
 * The edit that makes the seed that renders use now the file's own, unless it, or one that it extends, sets the seed.
 */
export async function lockSeedOf(
  documents: OpenDocuments,
  { uri, version }: LockSeedRequest,
  isCancelled: () => boolean,
): Promise<LockSeedAnswer> {
  const isOutdated = () => documents.analysis(uri)?.version !== version;
  const analysis = await documents.settled(uri, () => isCancelled() || isOutdated());
  if (!analysis || isOutdated()) return { kind: 'outdated' };
  const { seed } = analysis.effective.settings;
  return seed === -1 ? editOf(analysis, analysis.environment.randomSeed()) : { kind: 'fixed', seed };
}

function editOf(analysis: Analysis, seed: number): LockSeedAnswer {
  const { document, effective, text } = analysis;
  const written = effective.spans.get('seed');
  const edit = written ? { span: written.value, text: `${seed}` } : addSettings(document, [['seed', `${seed}`]]);
  if (!edit) return { kind: 'not-editable' };
  const { start, end } = document.frontMatter?.yaml ?? edit.span;
  const yaml = text.slice(start, edit.span.start) + edit.text + text.slice(edit.span.end, end);
  // A line cannot be added to settings in one line, `{frames: 8}`, or to settings that YAML cannot read.
  if (document.frontMatter && readSettings(yaml, 0).settings.seed !== seed) return { kind: 'not-editable' };
  return { kind: 'edit', seed, range: analysis.rangeOf(edit.span), newText: edit.text };
}
