import { describe, expect, it } from 'vitest';
import { checkInField, fieldText, listed, repaired } from './field.ts';

/** Name, warnings, a word of their messages, the body after the fixes, and warnings that have none. */
const ROWS: readonly (readonly [string, readonly string[], RegExp, string, readonly string[]])[] = [
  [
    'html-entities',
    [
      '4:8 warning &lt;lora:ink:0.8&gt;',
      '4:30 warning &quot;',
      '4:49 warning &quot;',
      '4:62 warning &amp;',
      '4:76 warning &#40;mist:1.2&#41;',
    ],
    /HTML/,
    'a hill <lora:ink:0.8>, "oil on canvas", salt & pepper, (mist:1.2)\n',
    [],
  ],
  [
    'c-comments',
    [
      '4:7 warning // in every frame',
      '5:1 warning // opening',
      '7:12 warning /* softly */',
      '8:1 warning /* the end, all frames */',
    ],
    /comment of C or JavaScript/,
    'a fox # in every frame\n# opening\n0: running\n16: asleep, snow\n# the end, all frames\n',
    [],
  ],
  [
    'markdown',
    [
      '4:1 warning ```',
      '5:1 warning **0:** a fox',
      '6:1 warning **16:** an owl',
      '7:1 warning ```',
      '8:1 warning ### Frame 32: a wolf',
    ],
    /Markdown/,
    '0: a fox\n16: an owl\n32: a wolf\n',
    [],
  ],
  [
    'midjourney',
    [
      '4:15 warning --ar 16:9',
      '4:25 warning --v 6',
      '4:31 warning --stylize 300',
      '5:12 warning --no text, people',
      '6:7 warning ::2',
      '6:15 warning ::1',
    ],
    /Midjourney/,
    'a fox in snow\n0: running --neg text, people\n8: fur::2 tree::1\n',
    ['::2', '::1'],
  ],
  [
    'compel',
    [
      '4:3 warning fox++',
      '4:12 warning (deep snow)1.3',
      '4:28 warning (tail, paws)--',
      '4:59 warning .blend(0.7, 0.3)',
    ],
    /Compel/,
    'a (fox:1.21) in (deep snow:1.3), (tail, paws:0.81), ("fox", "wolf").blend(0.7, 0.3)\n0: running\n',
    ['.blend(0.7, 0.3)'],
  ],
];

describe('syntax of another tool is reported once per place', () => {
  it.each(ROWS)('%s', async (name, warnings, word, body, left) => {
    const text = fieldText(name);
    const { problems } = await checkInField(text);
    expect(listed(text, problems)).toEqual(warnings);
    for (const { message } of problems) expect(message).toMatch(word);
    const after = await repaired(text);
    expect(after.replace(/^---\n[\s\S]*?\n---\n/, '')).toBe(body);
    const remaining = listed(after, (await checkInField(after)).problems);
    expect(remaining.map((line) => line.replace(/^\S+ warning /, ''))).toEqual(left);
  });

  it('the LoRA that was written with entities is loaded after the fix', async () => {
    const { plan } = await checkInField(await repaired(fieldText('html-entities')));
    expect(plan!.loras.map(({ file }) => file.path)).toEqual([expect.stringMatching(/ink\.safetensors$/)]);
  });
});
