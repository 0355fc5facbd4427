import { describe, expect, it } from 'vitest';
import type { SystemReport } from '../../cli/system-report.ts';
import { systemReportText } from '../../cli/system-report-text.ts';

const REPORT: SystemReport = {
  version: '1.2.3',
  editor: 'VS Code 1.139, desktop',
  node: 'v24.0.0, Electron 40.0.0',
  system: 'linux x64 6.1, glibc 2.36',
  cores: '8 × Some CPU',
  memory: { usable: 16e9, free: 3e9 },
  devices: {
    ok: true,
    runtime: '1.30.0',
    devices: [
      { name: 'CPU', works: true, detail: '' },
      { name: 'WebGPU', works: false, detail: 'no adapter' },
    ],
    chosen: 'CPU',
    memory: null,
  },
  models: [
    { folder: '', counts: new Map([['checkpoint', 1]]) },
    {
      folder: '/home/ann/webui',
      counts: new Map([
        ['lora', 12],
        ['vae', 1],
      ]),
    },
    { folder: '/data/ann', counts: new Map() },
  ],
  unusable: ['/home/ann/webui/bad.ckpt is cut off. Download it again.'],
  notices: ['/home/ann/comfy/extra_model_paths.yaml names the folder /nope, which does not exist.'],
  cache: { folder: '/home/ann/.cache/prompt-travel', bytes: 120e6 },
  ffmpeg: null,
};
const ANN = { home: '/home/ann', user: 'ann' };

describe('the text of a system report', () => {
  it('has one fact a line, and no private name', () => {
    expect(systemReportText(REPORT, ANN).split('\n')).toEqual([
      'Prompt Travel  1.2.3',
      'Editor         VS Code 1.139, desktop',
      'Node           v24.0.0, Electron 40.0.0',
      'System         linux x64 6.1, glibc 2.36',
      'Processor      8 × Some CPU',
      'Memory         16 GB, 3.0 GB free',
      'ONNX Runtime   1.30.0; device: auto is CPU',
      'CPU            works',
      'WebGPU         does not work: no adapter',
      'Built-in       1 checkpoint',
      'Models         ~/webui: 12 LoRAs, 1 VAE',
      'Models         /data/user: nothing found',
      'Not usable     ~/webui/bad.ckpt is cut off. Download it again.',
      'Note           ~/comfy/extra_model_paths.yaml names the folder /nope, which does not exist.',
      'Cache          ~/.cache/prompt-travel, 120 MB',
      'ffmpeg         not found in PATH',
    ]);
  });

  it('says how much memory the GPU has, and where that comes from', () => {
    const { devices } = REPORT;
    const rowOf = (memory: { bytes: number; source: string } | null) => {
      const text = systemReportText(
        { ...REPORT, devices: { ...devices, ok: true, chosen: 'CUDA', memory } as typeof devices },
        ANN,
      );
      return text.split('\n').find((line) => line.startsWith('GPU memory'));
    };
    expect(rowOf({ bytes: 8e9, source: 'nvidia-smi' })).toBe('GPU memory     8.0 GB, nvidia-smi');
    expect(rowOf(null)).toContain('unknown');
  });

  it('says that the engine does not start', () => {
    const devices = { ok: false, message: 'a library is missing' } as const;
    expect(systemReportText({ ...REPORT, devices }, ANN)).toContain(
      'Engine         does not start: a library is missing',
    );
  });

  it('has one line for a reason of several, without control characters', () => {
    const text = systemReportText(
      { ...REPORT, unusable: ['One.\n\n  Two.\x1b[2J'], notices: ['Three.\r\nFour.'] },
      ANN,
    );
    expect(text).toMatch(/^Not usable {5}One\. Two\.\ufffd\[2J$/m);
    expect(text).toMatch(/^Note {11}Three\. Four\.$/m);
  });

  it('lists ten reasons of many', () => {
    const text = systemReportText({ ...REPORT, unusable: Array.from({ length: 14 }, (_, i) => `Reason ${i}.`) }, ANN);
    expect(text).toContain('Reason 9.');
    expect(text).toContain('and 4 more');
    expect(text).not.toContain('Reason 10.');
  });

  it.each([
    ['.+(', '/data/.+(/x', '/data/user/x'],
    ['ann', '/data/annette', '/data/annette'],
    ['an', '/data/an', '/data/an'],
    ['Ünal', '/data/Ünal', '/data/user'],
  ])('replaces the name %s only where it is a word', (user, folder, expected) => {
    const models = [{ folder, counts: new Map() }];
    expect(systemReportText({ ...REPORT, models }, { home: '/', user })).toContain(
      `Models         ${expected}: nothing`,
    );
  });
});
