import { describe, expect, it } from 'vitest';
import { checkInField, fieldText, listed, repaired } from './field.ts';

describe('LoRA tags from the field', () => {
  it('lora-arguments: each argument without effect is a warning', async () => {
    const text = fieldText('lora-arguments');
    const { problems } = await checkInField(text);
    expect(listed(text, problems)).toEqual([
      '4:20 warning lbw=OUTALL',
      '4:61 warning lbw=MIDD',
      '4:70 warning stop=10',
      '5:30 warning step=5-10',
      '6:26 warning dyn=4',
    ]);
    for (const { message } of problems) expect(message).toContain('has no effect here');
    expect(await repaired(text)).toContain('<lora:ink:1> <lora:wash v1.5.fp16:0.8:0.6>\n0: rain <lora:epoch-000010:1>');
  });

  it('lora-in-editing: each tag in square brackets is a warning, and the prompt has no brackets after the fix', async () => {
    const text = fieldText('lora-in-editing');
    const { problems, plan } = await checkInField(text);
    expect(listed(text, problems)).toEqual([
      '4:10 warning <lora:ink:0.8>',
      '4:32 warning <lora:knight:1>',
      '4:48 warning <lora:epoch-000010:1>',
    ]);
    for (const { message } of problems) expect(message).toMatch(/not switched by sampling step.*in every step/);
    const after = await checkInField(await repaired(text));
    expect(after.problems).toEqual([]);
    expect(after.plan!.prompts[0]!.text).not.toMatch(/[[\]]/);
    expect(after.plan!.loras).toEqual(
      plan!.loras.map((lora) => ({ ...lora, file: expect.objectContaining({ size: lora.file.size }) })),
    );
  });
});
