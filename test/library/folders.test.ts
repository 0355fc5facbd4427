import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelRoot } from '../../library/folders.ts';
import { scanFolder } from '../../library/scan.ts';
import { folderWith } from './tree.ts';

describe('modelRoot', () => {
  it('searches only the model folders of A1111 and Forge', async () => {
    const root = folderWith({
      'models/Stable-diffusion/a.safetensors': '',
      'models/Lora/b.safetensors': '',
      'models/ESRGAN/upscaler.pth': '',
      'extensions/sd-webui-animatediff/model/mm.ckpt': '',
      'embeddings/e.pt': '',
      'venv/lib/x.pt': '',
    });
    const { layout, folders } = await modelRoot(root);
    expect(layout).toBe('webui');
    expect(folders).toEqual(
      ['models/Stable-diffusion', 'models/Lora', 'extensions/sd-webui-animatediff/model', 'embeddings'].map((folder) =>
        join(root, folder),
      ),
    );
  });

  it('searches the model folders of ComfyUI', async () => {
    const root = folderWith({
      'models/checkpoints/a.safetensors': '',
      'models/animatediff_models/mm.ckpt': '',
      'models/upscale_models/x.pth': '',
      'custom_nodes/ComfyUI-AnimateDiff-Evolved/models/mm2.ckpt': '',
    });
    const { layout, folders } = await modelRoot(root);
    expect(layout).toBe('comfyui');
    expect(folders).toEqual(
      ['models/checkpoints', 'models/animatediff_models', 'custom_nodes/ComfyUI-AnimateDiff-Evolved/models'].map(
        (folder) => join(root, folder),
      ),
    );
  });

  it('searches any other folder as a whole', async () => {
    const root = folderWith({ 'x.safetensors': '' });
    expect(await modelRoot(root)).toEqual({ path: root, layout: 'plain', folders: [root] });
  });

  it('reports what is wrong with a path', async () => {
    const root = folderWith({ 'x.safetensors': '' });
    await expect(modelRoot(join(root, 'none'))).rejects.toThrow(/none cannot be read/);
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
    expect(unreadable).toEqual([{ path: expect.stringMatching(/gone$/), reason: expect.stringContaining('ENOENT') }]);
  });
});
