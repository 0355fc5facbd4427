import * as l10n from '@vscode/l10n';
import { window } from 'vscode';
import type { TravelPlan } from '../../plan/plan.ts';
import type { DocumentPreview } from './document-preview.ts';
import { textAtHead } from './git-head.ts';
import { planNow } from './plan-again.ts';
import type { PreviewServer } from './preview-server.ts';

/**
 * Shows what has changed in a file since its last commit: in words, and as two clips with the same seed, side by side.
 * What was rendered before is not rendered again.
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
  const before = await planNow(server, document, l10n.t('{0} in HEAD', name), { kind: 'text', text: head.text, seed });
  const changes = differences?.phrases.join(', ') ?? '';
  void window.showInformationMessage(
    l10n.t('Changed in {name} since HEAD: {changes}. Both are rendered with seed {seed}.', { name, changes, seed }),
  );
  const clipOf = async (side: 'a' | 'b', plan: TravelPlan, label: string): Promise<void> => {
    const path = renderedBefore(preview, plan) ?? (await renders.renderAside(plan));
    if (path !== undefined) await renders.clips.show(side, { path, label, fps: plan.output.fps });
  };
  await Promise.all([clipOf('a', now, l10n.t('Now')), clipOf('b', before, 'HEAD')]);
}

/** A render of the same text with the same seed, if it can be played. */
function renderedBefore({ renders }: DocumentPreview, { source, sampling }: TravelPlan): string | undefined {
  return renders?.list.files.find((file) => file.source === source && file.seed === sampling.seed)?.path;
}
