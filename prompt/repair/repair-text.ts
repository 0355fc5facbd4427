import { decodeHTML, decodeHTMLStrict } from 'entities/decode';
import { repairControls, repairEncoding } from './mojibake.ts';

/** Entities of entities of entities; deeper ones are left. */
const MOST_PASSES = 16;

/** What no repair changes: ASCII without control characters and entities. */
const PLAIN = /^[\t\n\f\x20-\x25\x27-\x7e]*$/;

/**
 * Repairs text as A1111's tokenizer does before it splits text into words: HTML entities, UTF-8 in a wrong encoding,
 * ligatures, full-width and half-width forms, curly quotes, line breaks, lone surrogates, control characters, NFC.
 * Correct text stays as it is, except for such signs.
 *
 * Source: ftfy 6.3.1, `fix_text` with its default configuration, which transformers' `CLIPTokenizer` uses.
 */
export function repairText(text: string): string {
  if (PLAIN.test(text)) return text;
  // From the first “<” on, entities may be meant: the text may be HTML.
  let unescapes = true;
  return text
    .split(/(?<=\n)/)
    .map((line) => {
      unescapes &&= !line.includes('<');
      return repairLine(line, unescapes);
    })
    .join('');
}

function repairLine(line: string, unescapes: boolean): string {
  let repaired = line;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const next = repairSigns(repairControls(repairEncoding(unescapes ? unescapeHtml(repaired) : repaired)));
    if (next === repaired) break;
    repaired = next;
  }
  return repaired;
}

function repairSigns(text: string): string {
  return text
    .replace(/[\u0132\u0133\u0149\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb06]/g, unligated)
    .replace(/[\u3000\uff01-\uffef]/g, (char) => char.normalize('NFKC'))
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/[\u02bc\u2018-\u201b]/g, "'")
    .replace(/\r\n|[\r\u2028\u2029\u0085]/g, '\n')
    .replace(/[\ud800-\udfff]/gu, '\ufffd')
    .replace(/\x1b\[[\d;]*[a-zA-Z]/g, '')
    .replace(/[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g, '')
    .normalize('NFC');
}

/** The long s of “ﬅ” stays one. */
const unligated = (ligature: string) => (ligature === 'ﬅ' ? 'ſt' : ligature.normalize('NFKC'));

function unescapeHtml(text: string): string {
  return text.replace(/&#?[0-9A-Za-z]{1,24};/g, unescapeEntity);
}

/** Names in capitals, too, if they are not names of HTML themselves: `&NTILDE;` is “Ñ”. */
function unescapeEntity(entity: string): string {
  const decoded = decodeHTMLStrict(entity);
  if (decoded !== entity || entity !== entity.toUpperCase() || decodeHTML(entity) !== entity) return decoded;
  const lower = entity.toLowerCase();
  const small = decodeHTMLStrict(lower);
  return small === lower ? entity : small.toUpperCase();
}
