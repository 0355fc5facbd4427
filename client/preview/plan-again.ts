import * as l10n from '@vscode/l10n';
import type { TextDocument } from 'vscode';
import type { TravelPlan } from '../../plan/plan.ts';
import type { RenderWhat } from '../../protocol/plan-request.ts';
import { NEEDS_DISK } from '../render/render-command.ts';
import { askWhileTyping } from '../while-typing.ts';
import type { PreviewServer } from './preview-server.ts';

/**
 * The plan of a document as it is now.
 *
 * @param what names the text in a message: `portrait.travel`
 * @throws Error that says why there is no plan
 */
export async function planNow(
  server: PreviewServer,
  document: TextDocument,
  what: string,
  wanted: RenderWhat = { kind: 'clip' },
): Promise<TravelPlan> {
  const answer = await askWhileTyping(document, () => server.plan(document, wanted));
  switch (answer.kind) {
    case 'plan':
      return answer.plan;
    case 'errors':
      throw new Error(errorText(what, answer.count, answer.first));
    case 'refused':
      throw new Error(answer.reason);
    case 'no-files':
      throw new Error(NEEDS_DISK);
    case 'outdated':
      throw new Error(l10n.t('The language server has another version of the text. Try again.'));
  }
}

function errorText(what: string, count: number, first: string): string {
  const values = { what, count, first };
  return count === 1
    ? l10n.t('{what} has an error. {first}', values)
    : l10n.t('{what} has {count} errors. {first}', values);
}
