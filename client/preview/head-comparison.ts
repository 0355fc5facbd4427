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
  if (!renders) throw new Error('Rendering needs VS Code on a computer, not in a browser.');
  const head = await textAtHead(document.uri);
  if (!head.ok) throw new Error(`${name} cannot be compared with HEAD. ${head.reason}`);
  const [differences] = await server.differences(document, [{ source: head.text, seed: null }]);
  if (differences?.phrases.length === 0) {
    void window.showInformationMessage(`${name} renders the same as in HEAD.`);
    return;
  }
  const now = await planNow(server, document, name);
  const { seed } = now.sampling;
  const before = await planNow(server, document, `${name} in HEAD`, { kind: 'text', text: head.text, seed });
  const changes = differences?.phrases.join(', ') ?? '';
  void window.showInformationMessage(`Changed in ${name} since HEAD: ${changes}. Both are rendered with seed ${seed}.`);
  const clipOf = async (side: 'a' | 'b', plan: TravelPlan, label: string): Promise<void> => {
    const path = renderedBefore(preview, plan) ?? (await renders.renderAside(plan));
    if (path !== undefined) await renders.clips.show(side, { path, label, fps: plan.output.fps });
  };
  await Promise.all([clipOf('a', now, 'Now'), clipOf('b', before, 'HEAD')]);
}

/** A render of the same text with the same seed, if it can be played. */
function renderedBefore({ renders }: DocumentPreview, { source, sampling }: TravelPlan): string | undefined {
  return renders?.list.files.find((file) => file.source === source && file.seed === sampling.seed)?.path;
}
