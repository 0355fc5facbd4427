import { type ExtraNetwork, isLora, parseExtraNetworks } from '../../../prompt/extra-networks.ts';
import type { Problem } from '../../problem.ts';
import { documentSpan, type PromptText } from '../../syntax/document.ts';
import { type Check, positivePromptsOf, replace } from '../check.ts';

/** What a LoRA does, whatever an argument of sd-webui-lora-block-weight or A1111 says. */
const EFFECTS: Readonly<Record<string, string>> = {
  lbw: 'acts on all blocks',
  lbwe: 'acts on all blocks',
  in: 'acts on all blocks',
  mid: 'acts on all blocks',
  out: 'acts on all blocks',
  start: 'acts in every step',
  stop: 'acts in every step',
  step: 'acts in every step',
  hr: 'acts in every step',
  dyn: 'keeps its rank',
};

/** Arguments that have a meaning: `<lora:name:te:unet>`, `te=`, `unet=`. */
const POSITIONAL = 3;
const NAMED: ReadonlySet<string> = new Set(['te', 'unet']);

export const loraArgument: Check = {
  code: 'travel/lora-argument',
  run({ document }) {
    const tagged = positivePromptsOf(document).filter(({ text }) => text.includes('<'));
    return tagged.flatMap((prompt) =>
      parseExtraNetworks(prompt.text)
        .networks.filter(isLora)
        .flatMap((network) => unused(prompt, network)),
    );
  },
};

function unused(prompt: PromptText, { start, end, positional }: ExtraNetwork): Problem[] {
  const content = prompt.text.slice(start + 1, end - 1);
  let at = start + 1;
  let values = 0;
  return content.split(':').flatMap((item, i): Problem[] => {
    const from = at;
    at += item.length + 1;
    const [name = '', ...value] = item.split('=');
    const isNamed = i > 0 && value.length === 1;
    // The first item is the type.
    if (i > 0 && !isNamed) values++;
    if (i === 0 || (isNamed ? NAMED.has(name) : values <= POSITIONAL)) return [];
    const effect = EFFECTS[isNamed ? name.trim().toLowerCase() : 'dyn'] ?? 'is not changed by it';
    return [
      {
        code: 'travel/lora-argument',
        severity: 'warning',
        message: `“${item}” has no effect here. The LoRA “${positional[0] ?? ''}” ${effect}. Only \`te\` and \`unet\` weights are used. Remove it.`,
        span: documentSpan(prompt, from, from + item.length),
        fixes: [replace(`Remove “${item}”`, documentSpan(prompt, from - 1, from + item.length), '')],
      },
    ];
  });
}
