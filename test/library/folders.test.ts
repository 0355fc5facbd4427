import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelRoot } from '../../library/folders.ts';
import { ModelLibrary } from '../../library/model-library.ts';
import { scanFolder } from '../../library/scan.ts';
import { folderWith } from './tree.ts';

describe('modelRoot', () => {
  it('searches only the model folders of A1111 and Forge', async () => {
    const root = folderWith({
      'models/Stable-diffusion/a.safetensors': '',
      'models/Lora/b.safetensors': '',
      'models/VAE-approx/taesd_decoder.pth': '',
      'models/ESRGAN/upscaler.pth': '',
      'models/ControlNet/c.pth': '',
      'models/deforum/film_interpolation/film_net_fp16.pt': '',
      'extensions/sd-webui-animatediff/model/mm.ckpt': '',
      'extensions/sd-webui-controlnet/models/d.safetensors': '',
      'embeddings/e.pt': '',
      'venv/lib/x.pt': '',
    });
    const { layout, folders } = await modelRoot(root);
    expect(layout).toBe('webui');
    expect(folders).toEqual(
      [
        'models/Stable-diffusion',
        'models/Lora',
        'models/VAE-approx',
        'models/ControlNet',
        'models/deforum/film_interpolation',
        'extensions/sd-webui-animatediff/model',
        'extensions/sd-webui-controlnet/models',
        'embeddings',
      ].map((folder) => join(root, folder)),
    );
  });

  it('searches the model folders of ComfyUI', async () => {
    const root = folderWith({
      'models/checkpoints/a.safetensors': '',
      'models/text_encoders/clip_l.safetensors': '',
      'models/clip/clip_l.safetensors': '',
      'models/vae_approx/taesd_decoder.safetensors': '',
      'models/animatediff_models/mm.ckpt': '',
      'models/upscale_models/x.pth': '',
      'custom_nodes/ComfyUI-AnimateDiff-Evolved/models/mm2.ckpt': '',
      'models/frame_interpolation/film_net_fp16.safetensors': '',
      'custom_nodes/comfyui-frame-interpolation/ckpts/film/film_net_fp32.pt': '',
    });
    const { layout, folders } = await modelRoot(root);
    expect(layout).toBe('comfyui');
    expect(folders).toEqual(
      [
        'models/checkpoints',
        'models/text_encoders',
        'models/clip',
        'models/vae_approx',
        'models/animatediff_models',
        'models/frame_interpolation',
        'custom_nodes/ComfyUI-AnimateDiff-Evolved/models',
        'custom_nodes/comfyui-frame-interpolation/ckpts/film',
      ].map((folder) => join(root, folder)),
    );
  });

  it.each<[string, string, readonly string[]]>([
    [
      'SD.Next',
      'webui',
      [
        'models/Stable-diffusion/a.safetensors',
        'models/Diffusers/b.safetensors',
        'models/Lora/c.safetensors',
        'models/embeddings/d.pt',
      ],
    ],
    [
      'SwarmUI',
      'webui',
      [
        'Models/Stable-Diffusion/a.safetensors',
        'Models/Lora/b.safetensors',
        'Models/VAE/c.safetensors',
        'Models/Embeddings/d.pt',
        'dlbackend/comfy/ComfyUI/custom_nodes/ComfyUI-AnimateDiff-Evolved/models/e.ckpt',
      ],
    ],
    [
      'Easy Diffusion',
      'webui',
      [
        'models/stable-diffusion/a.safetensors',
        'models/lora/b.safetensors',
        'models/vae/c.safetensors',
        'models/embeddings/d.pt',
      ],
    ],
    [
      'StabilityMatrix',
      'stability-matrix',
      [
        'Models/StableDiffusion/a.safetensors',
        'Models/Lora/b.safetensors',
        'Models/Embeddings/c.pt',
        'Packages/ComfyUI/custom_nodes/comfyui-animatediff-evolved/models/d.ckpt',
      ],
    ],
    [
      'StabilityMatrix, portable',
      'stability-matrix',
      ['Data/Models/StableDiffusion/a.safetensors', 'Data/Models/VAE/b.safetensors'],
    ],
    ['InvokeAI', 'invokeai', ['models/sd-1/main/a.safetensors', 'autoimport/lora/b.safetensors']],
    [
      'ComfyUI',
      'comfyui',
      [
        'models/checkpoints/a.safetensors',
        'models/diffusers/b.safetensors',
        'custom_nodes/comfyui-animatediff-evolved/models/c.ckpt',
        'custom_nodes/comfyui-animatediff-evolved/motion_lora/d.ckpt',
      ],
    ],
  ])('searches the model folders of %s', async (_, layout, models) => {
    const files = [...models, 'venv/lib/x.pt', ...(layout === 'invokeai' ? ['invokeai.yaml'] : [])];
    const root = folderWith(Object.fromEntries(files.map((name) => [name, ''])));
    const found = await modelRoot(root);
    expect(found.layout).toBe(layout);
    const scans = await Promise.all(found.folders.map((folder) => scanFolder(folder, root)));
    const listed = scans.flatMap((scan) => scan.files).map(({ path }) => path);
    expect(listed).toEqual(expect.arrayContaining(models.map((name) => join(root, name))));
    expect(listed.some((path) => path.includes('venv'))).toBe(false);
  });

  it("adds the folders of ComfyUI's extra_model_paths.yaml", async () => {
    const shared = folderWith({
      'ckpt/a.safetensors': '',
      'lora/b.safetensors': '',
      'more/c.safetensors': '',
      'clip/d.pt': '',
      'up/f.pth': '',
    });
    const root = folderWith({
      'models/checkpoints/own.safetensors': '',
      'near/e.safetensors': '',
      'extra_model_paths.yaml': [
        'a111:',
        `  base_path: ${shared}`,
        '  checkpoints: ckpt',
        '  loras: |',
        '    lora',
        '    more',
        '    gone',
        '  clip: clip',
        '  upscale_models: up',
        'other:',
        '  vae: near',
        'empty:',
      ].join('\n'),
    });
    expect((await modelRoot(root)).folders).toEqual([
      join(root, 'models/checkpoints'),
      join(shared, 'ckpt'),
      join(shared, 'lora'),
      join(shared, 'more'),
      join(shared, 'clip'),
      join(root, 'near'),
    ]);
    const library = await ModelLibrary.open({ modelsFolder: folderWith({}), roots: [root] });
    expect(library.notices).toEqual([expect.stringContaining(`names the folder ${join(shared, 'gone')}, which`)]);
    expect(library.names.find('a')[0]).toMatchObject([{ name: 'a', inRoots: ['a.safetensors'] }]);
  });

  it('reports a damaged extra_model_paths.yaml, and searches the rest', async () => {
    const root = folderWith({ 'models/checkpoints/own.safetensors': '', 'extra_model_paths.yaml': 'a: [1' });
    const path = join(root, 'extra_model_paths.yaml');
    const { folders, unreadable, notices } = await modelRoot(root);
    expect(folders).toEqual([join(root, 'models/checkpoints')]);
    expect(unreadable).toEqual([
      { path, reason: expect.stringMatching(/^.*yaml cannot be read: .* or remove the file\.$/) },
    ]);
    expect(notices).toEqual([]);
  });

  it('searches any other folder as a whole', async () => {
    const root = folderWith({ 'x.safetensors': '' });
    expect(await modelRoot(root)).toEqual({
      path: root,
      layout: 'plain',
      folders: [root],
      networkFolders: [],
      unreadable: [],
      notices: [],
    });
  });

  it('reports what is wrong with a path', async () => {
    const root = folderWith({ 'x.safetensors': '' });
    await expect(modelRoot(join(root, 'none'))).rejects.toThrow(
      /^Model folder .*none was not found\. Check the path\.$/,
    );
    await expect(modelRoot(join(root, 'x.safetensors'))).rejects.toThrow(/is a file/);
  });
});

describe('scanFolder', () => {
  it('lists model files by name, without Python environments and hidden folders', async () => {
    const root = folderWith({
      'b.CKPT': '',
      'a.safetensors': '',
      'a.preview.png': '',
      'style/ink.v1.5.safetensors': '',
      'venv/torch.pt': '',
      '.cache/c.bin': '',
    });
    const { files, unreadable } = await scanFolder(root);
    expect(files.map(({ name }) => name)).toEqual(['a', 'b', 'style/ink.v1.5']);
    expect(files[2]!.path).toBe(join(root, 'style/ink.v1.5.safetensors'));
    expect(unreadable).toEqual([]);
  });

  it("lists a model in diffusers' format by its folder", async () => {
    const part = (folder: string) => ({
      [`${folder}/model_index.json`]: '{}',
      [`${folder}/unet/diffusion_pytorch_model.safetensors`]: '',
      [`${folder}/vae/diffusion_pytorch_model.safetensors`]: '',
    });
    const root = folderWith({
      ...part('Diffusers/dreamshaper-8'),
      ...part('Diffusers/models--runwayml--stable-diffusion-v1-5/snapshots/f03de327dd89'),
      'Diffusers/other.safetensors': '',
    });
    const { files } = await scanFolder(join(root, 'Diffusers'), root);
    expect(files.map(({ name, inRoots }) => [name, inRoots])).toEqual([
      ['other', ['Diffusers/other.safetensors']],
      ['dreamshaper-8', ['Diffusers/dreamshaper-8']],
      ['runwayml/stable-diffusion-v1-5', ['Diffusers/runwayml/stable-diffusion-v1-5']],
    ]);
  });

  it('follows links, including broken and circular ones', async () => {
    const elsewhere = folderWith({ 'far.safetensors': '' });
    const root = folderWith({ 'near.safetensors': '' });
    symlinkSync(elsewhere, join(root, 'linked'));
    symlinkSync(root, join(root, 'circle'));
    symlinkSync(join(root, 'gone'), join(root, 'broken'));
    expect((await scanFolder(root)).files.map(({ name }) => name)).toEqual(['near', 'linked/far']);
  });

  it('reports a folder that it cannot list', async () => {
    const { files, unreadable } = await scanFolder(join(folderWith({}), 'gone'));
    expect(files).toEqual([]);
    expect(unreadable).toEqual([
      { path: expect.stringMatching(/gone$/), reason: expect.stringMatching(/gone was not found/) },
    ]);
  });
});
