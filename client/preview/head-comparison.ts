import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { window } from 'vscode';
import { withoutMark } from '../../plan/byte-order-mark.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { PREVIEWS } from '../../protocol/cache-layout.ts';
import { removeOldPreviews } from '../render/previews.ts';
import type { DocumentPreview } from './document-preview.ts';
import { headName, stoppedText } from './document-renders.ts';
import { textAtHead } from './git-head.ts';
import { planNow } from './plan-again.ts';
import type { PreviewServer } from './preview-server.ts';
import type { RenderedFile, RenderedFiles } from './rendered-files.ts';

/**
 * Shows what has changed in a file since its last commit: in words, and as two clips with the same seed, side by side.
 * What was rendered before is not rendered again. The version of the commit is not a render of the file as it is now: its
 * clip is in the cache.
 *
 * @throws Error with a message for the user
 */
export async function compareWithHead(preview: DocumentPreview, server: PreviewServer): Promise<void> {
  const { document, renders, name } = preview;
  if (!renders) throw new Error(l10n.t('Rendering needs VS Code on a computer, not in a browser.'));
  const head = await textAtHead(document.uri);
  if (!head.ok) throw new Error(l10n.t('{name} cannot be compared with HEAD. {reason}', { name, reason: head.reason }));
  const [differences] = await server.differences(document, [{ source: head.text, seed: null }]);
  if (differences?.phrases.length === 0) {
    void window.showInformationMessage(l10n.t('{0} renders the same as in HEAD.', name));
    return;
  }
  const now = await planNow(server, document, name);
  const { seed } = now.sampling;
  const committed = await planNow(server, document, l10n.t('{0} in HEAD', name), {
    kind: 'text',
    text: head.text,
    seed,
  });
  const previews = join(renders.services.jobs.cacheFolder, PREVIEWS);
  const before = headPlan(committed, name, previews);
  const changes = differences?.phrases.join(', ') ?? '';
  void window.showInformationMessage(
    l10n.t('Changed in {name} since HEAD: {changes}. Both are rendered with seed {seed}.', { name, changes, seed }),
  );
  const show = async (side: 'a' | 'b', plan: TravelPlan, label: string, path: string | undefined): Promise<void> => {
    if (path === undefined) return;
    const stopped = stoppedText(await renders.services.files.stopped(path));
    await renders.clips.show(side, { path, label: [label, ...stopped].join(', '), fps: plan.output.fps });
  };
  const showNow = async () =>
    show('a', now, l10n.t('Now'), renderedBefore(preview, now) ?? (await renders.renderAside(now)));
  const showHead = async () => {
    const known = renderedBefore(preview, before) ?? (await inCache(before, renders.services.files));
    await show('b', before, 'HEAD', known ?? (await renders.renderAside(before)));
  };
  await removeOldPreviews(previews);
  await Promise.all([showNow(), showHead()]);
}

/** The plan for a clip in the cache. Equal plans have equal paths. */
function headPlan(plan: TravelPlan, name: string, folder: string): TravelPlan {
  const { output, ...rest } = plan;
  const { base: _, ...played } = output;
  const hash = createHash('sha256')
    .update(JSON.stringify({ ...rest, output: played }))
    .digest('hex');
  const base = join(folder, `${name}-HEAD-${hash.slice(0, 16)}`);
  return { ...rest, name: headName(name), output: { ...output, base, formats: [HEAD_FORMAT] } };
}

/** Whatever the file says: the preview plays it. */
const HEAD_FORMAT = 'webp';

/** The clip of such a plan, if it was rendered to its end. */
async function inCache({ output }: TravelPlan, files: RenderedFiles): Promise<string | undefined> {
  const path = `${output.base}.${HEAD_FORMAT}`;
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  if (!(await files.stopped(path))) return path;
  // Its progress was saved: the render goes on, and has the same name.
  await rm(path, { force: true });
  return undefined;
}

/** A whole render of the same text with the same seed, if it can be played. */
function renderedBefore({ renders }: DocumentPreview, { source, sampling }: TravelPlan): string | undefined {
  const isSame = (file: RenderedFile) =>
    withoutMark(file.source) === withoutMark(source) && file.seed === sampling.seed && !file.stopped;
  return renders?.list.files.find(isSame)?.path;
}
