import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTravel, planFor } from '../../grammar/language.ts';
import { settle } from '../../library/file-environment.ts';
import { ModelLibrary } from '../../library/model-library.ts';
import { runs } from '../property-runs.ts';
import { safetensorsWith } from '../weights/files.ts';
import { textEncoderShapes, unetShapes, VAE_SHAPES } from '../weights/model-shapes.ts';
import { CHECKPOINT, EMBEDDING, folderWith, LORA, MOTION_MODULE, POCKET_EMBEDDING, VAE } from './tree.ts';

const MODELS = resolve(import.meta.dirname, '../../models');

async function planned(roots: readonly string[], text: string) {
  const library = await ModelLibrary.open({ modelsFolder: MODELS, roots });
  const place = { path: join(roots[0]!, 'clip.travel'), wildcardFolders: [] };
  const { plan, problems } = await settle(library, place, (environment) => planFor(parseTravel(text), environment, {}));
  return {
    plan,
    loras: plan?.loras.map(({ file }) => file.path) ?? [],
    problems: problems.filter(({ severity }) => severity !== 'information' && severity !== 'hint'),
  };
}

const names = (roots: readonly string[], kind: 'lora' | 'embedding' | 'vae') =>
  ModelLibrary.open({ modelsFolder: MODELS, roots }).then((library) =>
    settle(library, { path: join(roots[0]!, 'a.travel'), wildcardFolders: [] }, (files) => files.modelNames(kind)),
  );

const text = (...written: readonly string[]) =>
  `---\nframes: 16\n---\na hill ${written.map((name) => `<lora:${name}:0.7>`).join(' ')}\n`;

describe('names of LoRAs', () => {
  const LIBRARY = { 'models/Lora/people/Knight.safetensors': LORA, 'models/Lora/ink.safetensors': LORA };

  it.each(['.', 'models', 'models/Lora', 'models/Lora/people'])('are relative to any model root: %s', async (root) => {
    const folder = folderWith(LIBRARY);
    const path = join(folder, 'models/Lora/people/Knight.safetensors');
    const deep = root === 'models/Lora/people' ? [] : ['people/knight', 'people\\knight', 'PEOPLE/Knight.safetensors'];
    for (const name of ['knight', 'Knight.safetensors', 'KNIGHT', ...deep]) {
      const { loras, problems } = await planned([join(folder, root)], text(name));
      expect([name, loras, problems]).toEqual([name, [path], []]);
    }
  });

  it('are relative to an installation, too', async () => {
    const folder = folderWith({ ...LIBRARY, 'models/Stable-diffusion/x.safetensors': CHECKPOINT });
    for (const name of ['models/Lora/people/knight', 'Lora\\people\\knight.safetensors', 'people/knight', 'knight']) {
      const { loras, problems } = await planned([folder], text(name));
      expect([name, loras, problems]).toEqual([name, [join(folder, 'models/Lora/people/Knight.safetensors')], []]);
    }
  });

  it('may have spaces at their ends', async () => {
    const folder = folderWith({ 'lumen .safetensors': LORA });
    const { loras, problems } = await planned([folder], text('lumen ', 'lumen', ' lumen ', 'lumen .safetensors'));
    expect(problems).toEqual([]);
    expect(new Set(loras)).toEqual(new Set([join(folder, 'lumen .safetensors')]));
    expect(await names([folder], 'lora')).toEqual(['lumen ']);
  });

  it('may look like A1111 names with a hash, or like names with an extension', async () => {
    const files = {
      'ink [0123456789].safetensors': LORA,
      'wash.ckpt.safetensors': LORA,
      'v1.5.fp16.safetensors': LORA,
    };
    const folder = folderWith(files);
    for (const file of Object.keys(files)) {
      const name = file.replace('.safetensors', '');
      const { loras, problems } = await planned([folder], text(name));
      expect([name, loras, problems]).toEqual([name, [join(folder, file)], []]);
    }
  });

  it('are one file in overlapping roots', async () => {
    const folder = folderWith(LIBRARY);
    const { problems } = await planned(
      [join(folder, 'models/Lora'), folder],
      text('knight', 'models/Lora/people/knight'),
    );
    expect(problems).toEqual([]);
  });

  it('are reported if several files have one', async () => {
    const folder = folderWith({ 'day/twin.safetensors': LORA, 'night/twin.safetensors': LORA });
    const { loras, problems } = await planned([folder], text('twin'));
    expect(loras).toEqual([join(folder, 'day/twin.safetensors')]);
    expect(problems).toMatchObject([
      {
        code: 'travel/ambiguous-name',
        severity: 'warning',
        message: '2 LoRA files are named “twin”. “day/twin” is used. For another one, write “night/twin”.',
      },
    ]);
    expect(await names([folder], 'lora')).toEqual(['day/twin', 'night/twin']);
    for (const name of ['day/twin', 'night\\twin']) expect((await planned([folder], text(name))).problems).toEqual([]);
  });

  it('are reported if two roots have the same path', async () => {
    const [a, b] = [folderWith({ 'twin.pt': LORA }), folderWith({ 'twin.pt': LORA, 'sub/other.pt': VAE })];
    const { problems } = await planned([a, b], text('twin'));
    expect(problems[0]?.message).toContain(
      `“${join(a, 'twin.pt')}” is used. For another one, write “${join(b, 'twin.pt')}”.`,
    );
    expect((await planned([a, b], text(join(b, 'twin.pt')))).loras).toEqual([join(b, 'twin.pt')]);
  });

  it('are not reported if the other file is of another kind or cannot be read', async () => {
    const folder = folderWith({ 'a/twin.pt': LORA, 'b/twin.pt': VAE, 'c/twin.pt': '<!doctype html>' });
    expect((await planned([folder], text('twin'))).problems).toEqual([]);
  });

  it('are reported with the reason if the file cannot be read', async () => {
    const folder = folderWith({ 'page.safetensors': '<!doctype html>' });
    const { problems } = await planned([folder], text('page'));
    expect(problems).toMatchObject([
      { code: 'travel/unusable-model', message: expect.stringMatching(/^“page” cannot be read\. .*is a web page/) },
    ]);
    expect((await planned([folder], text('none'))).problems).toMatchObject([{ code: 'travel/unknown-lora' }]);
  });

  it('can all be written as they are listed, whatever the files', async () => {
    const part = fc.constantFrom('a', 'A', 'b ', 'c.pt', 'd [0123456789]', 'f (v2)', 'é', 'e.v1', 'x y');
    const ending = fc.constantFrom('.safetensors', '.ckpt', '.pt');
    const file = fc
      .tuple(fc.array(part, { minLength: 1, maxLength: 3 }), ending)
      .map(([at, end]) => at.join('/') + end);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(file, { minLength: 1, maxLength: 6, selector: (f) => f.normalize('NFC') }),
        async (files) => {
          fc.pre(files.every((f) => !files.some((other) => other.startsWith(`${f}/`))));
          const folder = folderWith(Object.fromEntries(files.map((name) => [name, LORA])));
          const listed = await names([folder], 'lora');
          expect(listed.length).toBe(files.length);
          const found = new Set<string>();
          for (const name of listed) {
            const { loras, problems } = await planned([folder], text(name));
            expect([name, problems]).toEqual([name, []]);
            found.add(loras[0]!);
          }
          expect(found.size).toBe(files.length);
        },
      ),
      runs(30),
    );
  });
});

describe('the name that a LoRA was trained under', () => {
  const trainedAs = (alias: string) =>
    safetensorsWith(
      { 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight': [4, 768] },
      { dtype: 'U8', metadata: { ss_output_name: alias } },
    );

  it('means it, in any case', async () => {
    const folder = folderWith({ 'a/file.safetensors': trainedAs('My Style') });
    for (const name of ['My Style', 'my style', 'file']) {
      const { loras, problems } = await planned([folder], text(name));
      expect([name, loras, problems]).toEqual([name, [join(folder, 'a/file.safetensors')], []]);
    }
  });

  it('means nothing if several have it, or if A1111 does not accept it', async () => {
    const folder = folderWith({
      'a.safetensors': trainedAs('last'),
      'b.safetensors': trainedAs('last'),
      'c.safetensors': trainedAs('none'),
    });
    for (const name of ['last', 'none']) {
      expect((await planned([folder], text(name))).problems).toMatchObject([{ code: 'travel/unknown-lora' }]);
    }
  });

  it('is not used if a file has this name', async () => {
    const folder = folderWith({ 'a.safetensors': trainedAs('b'), 'b.safetensors': trainedAs('a') });
    expect((await planned([folder], text('b'))).loras).toEqual([join(folder, 'b.safetensors')]);
  });
});

describe('the extension that is written', () => {
  const SD1 = safetensorsWith({ ...unetShapes(), ...textEncoderShapes(), ...VAE_SHAPES }, { dtype: 'U8' });

  it.each([
    ['checkpoint', SD1],
    ['vae', VAE],
    ['motion_module', MOTION_MODULE],
  ] as const)('decides which file is the %s', async (setting, content) => {
    const folder = folderWith({ 'both.ckpt': content, 'both.safetensors': content });
    const kind = setting === 'motion_module' ? 'motion-module' : setting;
    const library = await ModelLibrary.open({ modelsFolder: MODELS, roots: [folder] });
    for (const name of ['both.ckpt', 'both.safetensors', 'BOTH.CKPT', 'both.safetensors [0123456789]']) {
      const found = await settle(library, { path: join(folder, 'a.travel'), wildcardFolders: [] }, (files) =>
        files.resolveModel(kind, name),
      );
      const file = name.split(' ')[0]!.toLowerCase();
      expect(found).toEqual(expect.objectContaining({ file: expect.objectContaining({ path: join(folder, file) }) }));
      expect(found).not.toHaveProperty('sameName');
    }
    const { problems } = await planned([folder], `---\n${setting}: both\n---\na hill\n`);
    expect(problems.filter(({ code }) => code === 'travel/ambiguous-name')).toMatchObject([
      { message: expect.stringContaining('“both.ckpt” is used. For another one, write “both.safetensors”.') },
    ]);
  });

  it('decides which file is the LoRA', async () => {
    const folder = folderWith({ 'both.ckpt': LORA, 'both.safetensors': LORA });
    for (const name of ['both.ckpt', 'both.safetensors']) {
      const { loras, problems } = await planned([folder], text(name));
      expect([loras, problems]).toEqual([[join(folder, name)], []]);
    }
  });
});

describe('names of embeddings', () => {
  const files = {
    'embeddings/people/Bad Hands .pt': POCKET_EMBEDDING,
    'embeddings/dark.safetensors': POCKET_EMBEDDING,
  };

  it.each([
    ['a hill, bad hands, b', 'Bad Hands ', 'a hill, bad hands, b'],
    ['a hill, people/bad hands, b', 'people/bad hands', 'a hill, people/bad hands, b'],
    ['a hill, (people\\bad hands:1.2)', 'people/bad hands', 'a hill, (people/bad hands:1.2)'],
    ['a hill, DARK.safetensors', 'DARK.safetensors', 'a hill, DARK.safetensors'],
    ['a hill, embeddings/dark', 'embeddings/dark', 'a hill, embeddings/dark'],
    ['a hill, dark.pt', 'dark.pt', 'a hill, dark.pt'],
  ])('%s', async (prompt, name, positive) => {
    const folder = folderWith(files);
    const { plan, problems } = await planned([folder], `---\nframes: 16\n---\n${prompt}\n`);
    expect(problems).toEqual([]);
    expect(plan?.embeddings.map((embedding) => embedding.name)).toContain(name);
    expect(plan?.prompts[0]?.text).toBe(positive);
  });

  it('are reported if several files have one', async () => {
    const folder = folderWith({ 'a/bad.pt': POCKET_EMBEDDING, 'b/bad.pt': POCKET_EMBEDDING });
    const { plan, problems } = await planned([folder], '---\nframes: 16\n---\na hill, bad, badger\n');
    expect(problems).toMatchObject([
      { code: 'travel/ambiguous-name', message: expect.stringContaining('write “b/bad”') },
    ]);
    expect(plan?.embeddings.map(({ file }) => file.path)).toEqual([join(folder, 'a/bad.pt')]);
    const other = await planned([folder], '---\nframes: 16\n---\na hill, b/bad\n');
    expect(other.problems).toEqual([]);
    expect(other.plan?.embeddings.find(({ name }) => name === 'b/bad')?.file.path).toBe(join(folder, 'b/bad.pt'));
    expect((await planned([folder], '---\nframes: 16\n---\na badger\n')).problems).toEqual([]);
  });
});

describe('the suggestion for a name that is not found', () => {
  const FILES = {
    checkpoint: CHECKPOINT,
    vae: VAE,
    text_encoder: safetensorsWith(textEncoderShapes('text_model.'), { dtype: 'U8' }),
    motion_module: MOTION_MODULE,
    lora: LORA,
    embedding: EMBEDDING,
  };
  type Written = keyof typeof FILES;
  const written = Object.keys(FILES) as Written[];
  const clipOf = (kind: Written) =>
    ({ lora: 'a <lora:Nope:1>\n', embedding: 'embedding:Nope, b\n' })[kind as string] ?? `---\n${kind}: Nope\n---\na\n`;

  /** @param read whether every file was read before */
  async function suggested(kind: Written, files: Readonly<Record<string, Uint8Array>>, read: boolean) {
    const folder = folderWith(files);
    const library = await ModelLibrary.open({ modelsFolder: MODELS, roots: [folder] });
    const place = { path: join(folder, 'clip.travel'), wildcardFolders: [] };
    const { problems } = await settle(library, place, (environment) => {
      if (read) for (const file of library.files) environment.resolveModel('checkpoint', file.path);
      return planFor(parseTravel(clipOf(kind)), environment, {});
    });
    const messages = problems.map(({ message }) => message).filter((message) => message.includes('“Nope” not found'));
    expect(messages).toHaveLength(1);
    return /Did you mean “(.*?)”/.exec(messages[0]!)?.[1] ?? null;
  }

  it.each(written.flatMap((kind) => written.map((other) => [kind, other] as const)))(
    'as %s is a file of this kind, not any %s',
    async (kind, other) => {
      const real = { 'real/something-else.safetensors': FILES[kind] };
      for (const read of [false, true]) {
        const found = await suggested(kind, { ...real, 'any/note.safetensors': FILES[other] }, read);
        expect([read, found]).toEqual([read, kind === other ? 'note' : null]);
      }
    },
  );

  it('has no folder because of a file of another kind, read or not', async () => {
    const files = { 'a/note.safetensors': EMBEDDING, 'b/note.safetensors': CHECKPOINT };
    for (const read of [false, true]) expect(await suggested('embedding', files, read)).toBe('note');
  });
});
