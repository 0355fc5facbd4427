import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { numberedImages } from '../../cli/numbered-images.ts';

const root = mkdtempSync(join(tmpdir(), 'travel-images-'));
afterAll(() => rmSync(root, { recursive: true }));

it('images are found beside the configuration, and in the data folder above it', () => {
  const [data, beside] = [join(root, 'data/control/canny'), join(root, 'config/prompts/start')];
  for (const folder of [data, beside]) {
    mkdirSync(folder, { recursive: true });
    for (const name of ['00000000.png', '0016.PNG', 'notes.txt', 'a1.png']) writeFileSync(join(folder, name), '');
  }
  const images = numberedImages(join(root, 'config/prompts/fox.json'));
  const names = (folder: string) => {
    const at = folder.replaceAll('\\', '/');
    return [
      [0, `${at}/00000000.png`],
      [16, `${at}/0016.PNG`],
    ];
  };
  expect([...images('control\\canny')!].sort(([a], [b]) => a - b)).toEqual(names(data));
  expect([...images('start')!].sort(([a], [b]) => a - b)).toEqual(names(beside));
  expect([...images(data)!].length).toBe(2);
  expect(images('missing')).toBeNull();
});
