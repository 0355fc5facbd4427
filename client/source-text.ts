import type { TextDocument } from 'vscode';
import { BYTE_ORDER_MARK, withoutMark } from '../plan/byte-order-mark.ts';
import type { PlanAnswer, RenderWhat } from '../protocol/plan-request.ts';

/** What VS Code calls UTF-8 with a byte order mark, which is not part of a document’s text. */
export const UTF8_WITH_MARK = 'utf8bom';

/** An answer whose plan has the source as the document’s file has it, byte for byte. */
export function withFileSource({ encoding }: TextDocument, { kind }: RenderWhat, answer: PlanAnswer): PlanAnswer {
  // Another text has its own mark.
  if (answer.kind !== 'plan' || kind === 'text' || encoding !== UTF8_WITH_MARK) return answer;
  const { plan } = answer;
  return { ...answer, plan: { ...plan, source: BYTE_ORDER_MARK + withoutMark(plan.source) } };
}
