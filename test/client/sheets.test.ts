import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Sheet } from '../../plan/work.ts';
import type { PlanRequest } from '../../protocol/plan-request.ts';
import { documentAt, fake } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { matrixOf, parseAxes } = await import('../../client/render/matrix.ts');
const { renderMatrix, renderSeeds } = await import('../../client/render/sheets.ts');
const { DONE, edit, log, plan, settled, setUp: setUpRenders } = await import('./renders.ts');

/** The server plans what was asked for, with the seed of the settings. */
function setUp(answer?: (request: PlanRequest) => unknown) {
  return setUpRenders((request) => {
    const { what, version } = request;
    const settings = 'settings' in what ? (what.settings ?? {}) : {};
    const sampling = { ...plan.sampling, seed: Number(settings.seed ?? 5) };
    const output = { ...plan.output, base: `/clips/renders/fox${what.kind === 'draft' ? '-draft' : ''}` };
    return (
      answer?.(request) ?? { kind: 'plan', version, plan: { ...plan, sampling, output }, isRandom: false, note: '' }
    );
  });
}

beforeEach(() => {
  fake.reset();
  log.length = 0;
});

describe('parseAxes', () => {
  it.each([
    ['', []],
    ['cfg_scale=5|7|9', [{ key: 'cfg_scale', values: ['5', '7', '9'] }]],
    [
      ' steps = 12 | 20 ;negative_prompt=a, b|c=d; ',
      [
        { key: 'steps', values: ['12', '20'] },
        { key: 'negative_prompt', values: ['a, b', 'c=d'] },
      ],
    ],
  ])('reads %j', (text, axes) => {
    expect(parseAxes(text)).toEqual({ ok: true, axes });
  });

  it.each(['steps', 'steps=', 'steps=1||2', '=5', 'a b=5', 'steps=1; steps=2'])('refuses %j', (text) => {
    expect(parseAxes(text)).toMatchObject({ ok: false });
  });
});

describe('matrixOf', () => {
  const name = (file: string) => file;

  it('combines everything, labels what differs, and lets the last axis run across', () => {
    const axes = [
      { key: 'steps', values: ['12'] },
      { key: 'cfg_scale', values: ['5', '9'] },
      { key: 'seed', values: ['1', '2', '3'] },
    ];
    const matrix = matrixOf(['a'], axes, name)!;
    expect(matrix.columns).toBe(3);
    expect(matrix.cells.map(({ label }) => label)).toEqual([
      'cfg_scale 5, seed 1',
      'cfg_scale 5, seed 2',
      'cfg_scale 5, seed 3',
      'cfg_scale 9, seed 1',
      'cfg_scale 9, seed 2',
      'cfg_scale 9, seed 3',
    ]);
    expect(matrix.cells[4]!.settings).toEqual({ steps: '12', cfg_scale: '9', seed: '2' });
  });

  it('puts several files side by side', () => {
    expect(matrixOf(['a', 'b'], [], name)).toEqual({
      cells: [
        { file: 'a', label: 'a', settings: {} },
        { file: 'b', label: 'b', settings: {} },
      ],
      columns: 2,
    });
  });

  it('has a limit', () => {
    const values = Array.from({ length: 8 }, (_, i) => String(i));
    expect(
      matrixOf(
        ['a'],
        [
          { key: 'seed', values },
          { key: 'steps', values },
        ],
        name,
      )?.cells,
    ).toHaveLength(64);
    expect(
      matrixOf(
        ['a', 'b'],
        [
          { key: 'seed', values },
          { key: 'steps', values },
        ],
        name,
      ),
    ).toBeNull();
  });
});

describe('Render 4 Seeds', () => {
  it('renders one sheet of drafts: the seed of the file, and three others', async () => {
    const { service, host, requests } = setUp();
    edit(documentAt('/clips/fox.travel'));
    fake.picks.push('Drafts');
    void renderSeeds(host, undefined);
    await settled();
    expect(requests.map(({ what }) => what.kind)).toEqual(['draft', 'draft', 'draft', 'draft']);
    const sheet = service.works.at(-1)?.kind === 'sheet' ? (service.works.at(-1) as { sheet: Sheet }).sheet : null;
    expect(sheet).toMatchObject({ name: 'fox, 4 seeds', columns: 2, base: '/clips/renders/fox-seeds' });
    const seeds = sheet!.cells.map((cell) => cell.plan.sampling.seed);
    expect([seeds[0], new Set(seeds).size]).toEqual([5, 4]);
    expect(sheet!.cells.map(({ label }) => label)).toEqual(seeds.map((seed) => `seed ${seed}`));
    fake.answers.push('Open');
    service.set(1, { kind: 'done', result: DONE });
    await settled();
    expect(fake.executed).toEqual(['vscode.open']);
  });

  it('does nothing if the user declines, or a plan is refused', async () => {
    const { service, host } = setUp(({ version }) => ({ kind: 'refused', version, reason: 'Not like this.' }));
    edit(documentAt('/clips/fox.travel'));
    expect(await renderSeeds(host, undefined)).toBeUndefined();
    expect(fake.messages).toEqual([]);
    fake.picks.push('Full');
    expect(await renderSeeds(host, undefined)).toBeUndefined();
    expect(fake.messages).toEqual([{ kind: 'error', text: 'fox.travel cannot be rendered like this. Not like this.' }]);
    expect(service.works).toEqual([]);
  });
});

describe('Render Matrix', () => {
  it('asks for settings and seeds, and renders every combination', async () => {
    const { service, host } = setUp();
    edit(documentAt('/clips/fox.travel'));
    fake.typed.push('cfg_scale=5|9', '7, 42');
    fake.picks.push('Full');
    void renderMatrix(host, undefined);
    await settled();
    const [work] = service.works;
    expect(work).toMatchObject({
      kind: 'sheet',
      sheet: {
        name: 'fox, matrix',
        columns: 2,
        cells: ['5, seed 7', '5, seed 42', '9, seed 7', '9, seed 42'].map((end) => ({ label: `cfg_scale ${end}` })),
      },
    });
  });

  it.each([
    ['steps=1|2|', '', /Write values as in/],
    [`steps=${Array.from({ length: 65 }, (_, i) => i + 1).join('|')}`, '', /These are 65 clips/],
    ['', 'seven', /Write seeds/],
    ['', '7, 7', /Write seeds/],
    ['', 'x0', /Write seeds/],
    ['steps=1|2', 'x40', /These are 80 clips/],
  ])('says what is wrong with %j and %j', async (settings, seeds, message) => {
    const { service, host } = setUp();
    edit(documentAt('/clips/fox.travel'));
    fake.typed.push(settings, seeds);
    fake.picks.push('Full');
    expect(await renderMatrix(host, undefined)).toBeUndefined();
    expect(fake.inputs.at(-1)!.complaint).toMatch(message);
    expect(service.works).toEqual([]);
  });
});
