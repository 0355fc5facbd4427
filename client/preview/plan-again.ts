import type { TextDocument } from 'vscode';
import type { TravelPlan } from '../../plan/plan.ts';
import type { RenderWhat } from '../../protocol/plan-request.ts';
import type { PreviewServer } from './preview-server.ts';

/** More than a person types while the server answers. */
const MOST_ATTEMPTS = 20;

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
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const answer = await server.plan(document, wanted);
    switch (answer.kind) {
      case 'plan':
        return answer.plan;
      case 'errors':
        throw new Error(`${what} has ${answer.count === 1 ? 'an error' : `${answer.count} errors`}. ${answer.first}`);
      case 'refused':
        throw new Error(answer.reason);
      case 'no-files':
        throw new Error('Rendering needs a file on disk. Save a copy of this one and open it.');
      case 'outdated':
    }
  }
  throw new Error('The language server has another version of the text. Try again.');
}
