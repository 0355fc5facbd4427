import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mapOfModel, mapOfPreprocessor } from '../../plan/control-maps.ts';
import { isDepth, NETWORK_ANNOTATORS, type NetworkAnnotatorName } from '../../plan/network-annotators.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/language.md'), 'utf8');
const NAMES = Object.keys(NETWORK_ANNOTATORS) as NetworkAnnotatorName[];

describe('preprocessors with a network', () => {
  it.each(NAMES)('%s is in the documentation, with its file, publisher and license', (name) => {
    const row = PAGE.split('\n').find((line) => line.startsWith(`| \`${name}\``));
    for (const { names, page, license } of NETWORK_ANNOTATORS[name].networks) {
      expect(row).toContain(`\`${names.at(-1)}\``);
      expect(row).toContain(page);
      expect(row).toContain(license);
    }
  });

  it.each(NAMES)('%s is known by the kind of its maps', (name) => {
    const kinds = [
      [/^depth_/, 'depth maps'],
      [/^normal_/, 'MiDaS’s normal maps'],
      [/openpose/, 'poses'],
      [/^(?:lineart|softedge|scribble)_/, 'lines'],
    ] as const;
    const kind = kinds.find(([pattern]) => pattern.test(name))?.[1];
    expect(mapOfPreprocessor(name)).toBe(kind);
    expect(isDepth(name)).toBe(kind === 'depth maps');
  });
});

describe('mapOfModel', () => {
  it.each([
    ['control_v11p_sd15_canny', 'lines'],
    ['control_v11p_sd15s2_lineart_anime', 'lines'],
    ['control_sd15_hed', 'lines'],
    ['control_v11p_sd15_softedge', 'lines'],
    ['control_v11p_sd15_scribble', 'lines'],
    ['control_v11f1p_sd15_depth', 'depth maps'],
    ['control_v11p_sd15_normalbae', 'BAE’s normal maps'],
    ['control_sd15_normal', 'MiDaS’s normal maps'],
    ['control_v11p_sd15_openpose', 'poses'],
    ['control_v11p_sd15_seg', 'segments'],
    ['control_v11f1e_sd15_tile', 'images'],
    ['my_control', null],
  ])('%s: %s', (name, map) => {
    expect(mapOfModel(name)).toBe(map);
  });
});
