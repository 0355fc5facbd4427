/**
 * A1111's reader of infotext, and what sd-webui-animatediff makes of its own field.
 *
 * Source: `parse_generation_parameters` in `modules/infotext_utils.py` (A1111 1.10), without styles and without the
 * defaults of fields that are not about what we write; `infotext_pasted` in sd-webui-animatediff's
 * `scripts/animatediff_infotext.py`.
 */
export function readInfotext(infotext: string): Record<string, string> {
  const parameters = () => /\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)/g;
  const lines = infotext.trim().split('\n');
  let last = lines.pop()!;
  if ([...last.matchAll(parameters())].length < 3) {
    lines.push(last);
    last = '';
  }
  const texts = { prompt: '', negative: '' };
  let target: keyof typeof texts = 'prompt';
  for (const written of lines) {
    let line = written.trim();
    if (line.startsWith('Negative prompt:')) {
      target = 'negative';
      line = line.slice(16).trim();
    }
    texts[target] += (texts[target] === '' ? '' : '\n') + line;
  }
  const result: Record<string, string> = { Prompt: texts.prompt, 'Negative prompt': texts.negative };
  for (const [, key, quoted] of last.matchAll(parameters())) {
    const value = quoted!.startsWith('"') && quoted!.endsWith('"') ? String(JSON.parse(quoted!)) : quoted!;
    const size = /^(\d+)x(\d+)$/.exec(value);
    if (size) Object.assign(result, { [`${key}-1`]: size[1], [`${key}-2`]: size[2] });
    else result[key!] = value;
  }
  result['Clip skip'] ??= '1';
  result.RNG ??= 'GPU';
  result['Schedule type'] ??= 'Automatic';
  for (const item of result.AnimateDiff?.split(', ') ?? []) {
    const parts = item.split(': ');
    if (parts.length !== 2) throw new Error(`Failed to parse infotext: ${item}`);
    result[`AnimateDiff ${parts[0]}`] = parts[1]!;
  }
  return result;
}

/** The keyframes that sd-webui-animatediff finds in a prompt (`AnimateDiffPromptSchedule`): lines `frame: prompt`. */
export function travelOf(prompt: string): Record<number, string> {
  return Object.fromEntries(
    prompt.split('\n').flatMap((line) => {
      const match = /^\s*(\d+):(.*)$/.exec(line);
      return match ? [[Number(match[1]), match[2]!.trim()]] : [];
    }),
  );
}
