import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';

interface Node {
  readonly type: string;
  /** `name:TYPE:link`; a fourth part marks a widget. */
  readonly inputs?: readonly string[];
  /** `TYPE=link|link` */
  readonly outputs?: readonly string[];
  readonly widgets?: unknown;
  readonly mode?: number;
}

/** A workflow as the editor saves it. */
function workflow(nodes: Readonly<Record<number, Node>>, extra: object = {}) {
  const ends = new Map<number, { from?: readonly number[]; to?: readonly number[] }>();
  const list = Object.entries(nodes).map(([id, { type, inputs = [], outputs = [], widgets, mode = 0 }]) => ({
    id: Number(id),
    type,
    mode,
    widgets_values: widgets,
    inputs: inputs.map((text, slot) => {
      const [name, kind, link, widget] = text.split(':');
      if (link) ends.set(Number(link), { ...ends.get(Number(link)), to: [Number(id), slot] });
      return { name, type: kind, link: link ? Number(link) : null, ...(widget && { widget: { name } }) };
    }),
    outputs: outputs.map((text, slot) => {
      const [kind, links] = text.split('=');
      for (const link of links ? links.split('|') : []) {
        ends.set(Number(link), { ...ends.get(Number(link)), from: [Number(id), slot] });
      }
      return { name: kind, type: kind };
    }),
  }));
  // Those without an origin come from a node that is missing.
  const links = [...ends].map(([link, { from, to }]) => [link, ...(from ?? [99, 0]), ...to!, '*']);
  const { travel, notes } = importTravel([{ text: JSON.stringify({ nodes: list, links, extra }) }]);
  return { travel, notes: notes.map(({ key, message }) => `${key}: ${message}`).join('\n') };
}

/** Loaders, prompts, a sampler and an output, linked as numbered; parts may be replaced. */
const BASE: Readonly<Record<number, Node>> = {
  1: { type: 'CheckpointLoaderSimple', outputs: ['MODEL=1', 'CLIP=2|3', 'VAE=4'], widgets: ['a.safetensors'] },
  2: {
    type: 'ADE_AnimateDiffLoaderGen1',
    inputs: ['model:MODEL:1'],
    outputs: ['MODEL=5'],
    widgets: ['mm.ckpt', 'autoselect'],
  },
  3: { type: 'CLIPTextEncode', inputs: ['clip:CLIP:2'], outputs: ['CONDITIONING=6'], widgets: ['a fox'] },
  4: { type: 'CLIPTextEncode', inputs: ['clip:CLIP:3'], outputs: ['CONDITIONING=7'], widgets: ['blurry'] },
  5: { type: 'EmptyLatentImage', outputs: ['LATENT=8'], widgets: [384, 256, 12] },
  6: {
    type: 'KSampler',
    inputs: ['model:MODEL:5', 'positive:CONDITIONING:6', 'negative:CONDITIONING:7', 'latent_image:LATENT:8'],
    outputs: ['LATENT=9'],
    widgets: [7, 'fixed', 12, 5, 'euler', 'karras', 1],
  },
  7: { type: 'VAEDecode', inputs: ['samples:LATENT:9', 'vae:VAE:4'], outputs: ['IMAGE=10'] },
  8: { type: 'VHS_VideoCombine', inputs: ['images:IMAGE:10'], widgets: { frame_rate: 12, format: 'image/gif' } },
};

const EXPECTED = workflow(BASE);

describe('a workflow of the editor', () => {
  it.each([
    ['the first version', ['"0": "sea"', 120, 'a girl', 'film', 0, 0, 0, 0]],
    ['a version that prints', ['"0": "sea"', 120, false, 'a girl', 'film', 0, 0, 0, 0]],
    ['a version with a part to print', ['"0": "sea"', 120, false, 'a girl', 'film', 0, 0, 0, 0, 0, 0]],
    ['a version whose flag is text', ['"0": "sea"', 120, '', 'a girl', 'film', 0, 0, 0, 0, 0, 0]],
  ])('keeps the text before and after a schedule of %s', (_, widgets) => {
    const schedule = { ...BASE[3]!, type: 'BatchPromptSchedule', widgets };
    expect(workflow({ ...BASE, 3: schedule }).travel).toMatch(/\na girl\n\n0: sea\n\nfilm\n$/);
  });

  it('passes on what a bypassed node gets at the place of each output', () => {
    const bypassed: Node = {
      type: 'ControlNetApplyAdvanced',
      inputs: ['positive:CONDITIONING:6', 'negative:CONDITIONING:7', 'image:IMAGE:'],
      outputs: ['CONDITIONING=11', 'CONDITIONING=12'],
      widgets: [1, 0, 1],
      mode: 4,
    };
    const sampler = {
      ...BASE[6]!,
      inputs: ['model:MODEL:5', 'positive:CONDITIONING:11', 'negative:CONDITIONING:12', 'latent_image:LATENT:8'],
    };
    expect(workflow({ ...BASE, 6: sampler, 9: bypassed })).toEqual(EXPECTED);
  });

  it('has links by name, and links to all inputs of a type', () => {
    const { 2: loader, 6: sampler } = BASE;
    const named = {
      ...BASE,
      2: { ...loader!, outputs: ['MODEL=11'] },
      9: { type: 'SetNode', inputs: ['MODEL:MODEL:11'], outputs: ['*='], widgets: ['moving'] },
      10: { type: 'GetNode', outputs: ['MODEL=5'], widgets: ['moving'] },
    };
    expect(workflow(named)).toEqual(EXPECTED);
    const everywhere = {
      ...BASE,
      6: {
        ...sampler!,
        inputs: ['model:MODEL:', 'positive:CONDITIONING:', 'negative:CONDITIONING:', 'latent_image:LATENT:8'],
      },
      9: { type: 'Anything Everywhere', inputs: ['MODEL:MODEL:5'] },
      10: { type: 'Prompts Everywhere', inputs: ['CONDITIONING:CONDITIONING:6', 'CONDITIONING:CONDITIONING:7'] },
    };
    expect(workflow(everywhere)).toEqual(EXPECTED);
  });

  it('has values of nodes that hold one', () => {
    const value = (type: string, widgets: readonly unknown[]): Node => ({ type, outputs: ['INT=20'], widgets });
    const sampler = { ...BASE[6]!, inputs: [...(BASE[6]!.inputs ?? []), 'seed:INT:20:w'] };
    for (const node of [
      value('Seed (rgthree)', [7, null, null, null]),
      value('INTConstant', [7]),
      value('ttN seed', [7, 'fixed']),
      { ...value('Seed', [7, 'fixed']), outputs: ['SEED=', 'NUMBER=', 'FLOAT=', 'INT=20'] },
    ]) {
      expect(workflow({ ...BASE, 6: sampler, 9: node })).toEqual(EXPECTED);
    }
  });

  it('loads the LoRAs of stacks and of loaders of several', () => {
    const loader = { ...BASE[2]!, inputs: ['model:MODEL:30'] };
    const stack = ['On', 'film.safetensors', 0.7000000000000001, 0.5, 'Off', 'x.safetensors', 1, 1];
    const travel = (nodes: Readonly<Record<number, Node>>) => workflow({ ...BASE, 2: loader, ...nodes });
    const applied = travel({
      9: { type: 'CR LoRA Stack', outputs: ['LORA_STACK=31'], widgets: stack },
      10: {
        type: 'CR Apply LoRA Stack',
        inputs: ['model:MODEL:1', 'clip:CLIP:', 'lora_stack:LORA_STACK:31'],
        outputs: ['MODEL=30', 'CLIP='],
      },
    });
    const power = travel({
      9: {
        type: 'Power Lora Loader (rgthree)',
        inputs: ['model:MODEL:1'],
        outputs: ['MODEL=30', 'CLIP='],
        widgets: [
          {},
          { type: 'PowerLoraLoaderHeaderWidget' },
          { on: true, lora: 'film.safetensors', strength: 0.7, strengthTwo: 0.5 },
          { on: false, lora: 'x.safetensors', strength: 1, strengthTwo: null },
          {},
          '',
        ],
      },
    });
    for (const result of [applied, power]) {
      expect(result.travel).toMatch(/\na fox <lora:film:0\.5:0\.7>\n/);
      expect(result.notes).toBe(EXPECTED.notes);
    }
  });

  it('expands groups whose links come from outside', () => {
    const slot = (name: string, type: string) => ({ name, type });
    const group = {
      nodes: [
        {
          type: 'ControlNetLoader',
          inputs: [],
          outputs: [slot('CONTROL_NET', 'CONTROL_NET')],
          widgets_values: ['net.safetensors'],
        },
        {
          type: 'ControlNetApplyAdvanced',
          inputs: [
            slot('positive', 'CONDITIONING'),
            slot('negative', 'CONDITIONING'),
            slot('control_net', 'CONTROL_NET'),
            slot('image', 'IMAGE'),
          ],
          outputs: [slot('positive', 'CONDITIONING'), slot('negative', 'CONDITIONING')],
          widgets_values: [0.5, 0, 1],
        },
      ],
      links: [
        [null, 0, 1, 0, 6, 'CONDITIONING'],
        [null, 1, 1, 1, 7, 'CONDITIONING'],
        [0, 0, 1, 2, 1, 'CONTROL_NET'],
        [null, 0, 1, 3, 9, 'IMAGE'],
      ],
      external: [],
    };
    const { travel, notes } = workflow(
      {
        ...BASE,
        6: {
          ...BASE[6]!,
          inputs: ['model:MODEL:5', 'positive:CONDITIONING:41', 'negative:CONDITIONING:42', 'latent_image:LATENT:8'],
        },
        9: {
          type: 'workflow/Edges',
          inputs: ['positive:CONDITIONING:6', 'negative:CONDITIONING:7', 'image:IMAGE:43'],
          outputs: ['CONDITIONING=41', 'CONDITIONING=42'],
          widgets: ['net.safetensors', 0.5, 0, 1],
        },
        10: { type: 'LoadImage', outputs: ['IMAGE=43', 'MASK='], widgets: ['edges.png', 'image'] },
      },
      { groupNodes: { Edges: group } },
    );
    expect(travel).toMatch(/\{model: net\.safetensors, weight: 0\.5, image: edges\.png\}/);
    expect(travel).toMatch(/negative_prompt: blurry\n[\s\S]*\na fox\n/);
    expect(notes).not.toMatch(/cycle|unknown-node/);
  });
});

describe('a node that is not run', () => {
  const { 1: checkpoint, 3: prompt, 6: sampler } = BASE;
  const schedule = { ...prompt!, type: 'BatchPromptSchedule', widgets: ['"0": "sea",\n"6": "sand"', 120] };
  const sampled = (...inputs: readonly string[]) => ({
    ...sampler!,
    inputs: ['model:MODEL:5', 'negative:CONDITIONING:7', 'latent_image:LATENT:8', ...inputs],
  });

  it.each<[string, Readonly<Record<number, Node>>, note: string]>([
    [
      'a muted prompt',
      { 3: { ...prompt!, mode: 2 } },
      'positive of the node “KSampler” (6) is made by the node “CLIPTextEncode” (3), which is muted, so it is not carried over. The values of that node were: text: a fox',
    ],
    [
      'a bypassed prompt',
      { 3: { ...prompt!, mode: 4 } },
      'positive of the node “KSampler” (6) is made by the node “CLIPTextEncode” (3), which is bypassed, so it is not carried over. The values of that node were: text: a fox',
    ],
    [
      'a muted schedule',
      { 3: { ...schedule, mode: 2 } },
      'positive of the node “KSampler” (6) is made by the node “BatchPromptSchedule” (3), which is muted, so it is not carried over. The values of that node were: text: "0": "sea", "6": "sand", max_frames: 120',
    ],
    [
      'a muted prompt behind a reroute',
      {
        3: { ...prompt!, mode: 2, outputs: ['CONDITIONING=20'] },
        9: { type: 'Reroute', inputs: ['*:*:20'], outputs: ['*=6'] },
      },
      'positive of the node “KSampler” (6) is made by the node “CLIPTextEncode” (3), which is muted',
    ],
    [
      'a reroute of nothing',
      {
        3: { ...prompt!, outputs: ['CONDITIONING='] },
        9: { type: 'Reroute', inputs: ['*:*:'], outputs: ['*=6'] },
      },
      'positive of the node “KSampler” (6) is made by the node “Reroute” (9), which gets nothing',
    ],
    [
      'a name that nothing sets',
      {
        3: { ...prompt!, outputs: ['CONDITIONING='] },
        9: { type: 'GetNode', outputs: ['*=6'], widgets: ['prompt'] },
      },
      'positive of the node “KSampler” (6) is made by the node “GetNode” (9), which gets nothing',
    ],
    [
      'a missing prompt',
      { 3: { ...prompt!, outputs: ['CONDITIONING='] } },
      'positive of the node “KSampler” (6) is made by the node 99, which is missing',
    ],
    [
      'a muted checkpoint',
      { 1: { ...checkpoint!, mode: 2 } },
      'model of the node “ADE_AnimateDiffLoaderGen1” (2) is made by the node “CheckpointLoaderSimple” (1), which is muted, so it is not carried over. The values of that node were: ckpt_name: a.safetensors',
    ],
    [
      'a muted loader of a motion module',
      { 2: { ...BASE[2]!, mode: 2 } },
      'model of the node “KSampler” (6) is made by the node “ADE_AnimateDiffLoaderGen1” (2), which is muted',
    ],
  ])('is in a note: %s', (_, nodes, message) => {
    const { notes } = workflow({ ...BASE, ...nodes });
    expect(notes).toContain(`linked-value: The input ${message}`);
  });

  it.each<[string, Readonly<Record<number, Node>>]>([
    [
      'an input that is not needed',
      {
        2: { ...BASE[2]!, inputs: ['model:MODEL:1', 'motion_lora:MOTION_LORA:20'] },
        9: { type: 'ADE_AnimateDiffLoRALoader', outputs: ['MOTION_LORA=20'], widgets: ['a.ckpt', 1], mode: 2 },
      },
    ],
    ['a node that passes on what it gets', { 9: { type: 'Note', widgets: ['later'], mode: 2 } }],
    [
      'a value that is shown',
      {
        6: sampled('positive:CONDITIONING:6', 'seed:INT:20:w'),
        9: { type: 'INTConstant', outputs: ['INT=20'], widgets: [9], mode: 2 },
      },
    ],
  ])('is left out without a note: %s', (_, nodes) => {
    expect(workflow({ ...BASE, ...nodes })).toEqual(EXPECTED);
  });

  it('may be behind thousands of reroutes', () => {
    const [count, start] = [3000, 100];
    const reroutes = Object.fromEntries(
      Array.from({ length: count }, (_, i): [number, Node] => [
        start + i,
        { type: 'Reroute', inputs: [`*:*:${start + i}`], outputs: [`*=${start + i + 1}`] },
      ]),
    );
    const nodes = {
      ...BASE,
      ...reroutes,
      3: { ...prompt!, outputs: [`CONDITIONING=${start}`] },
      9: { type: 'SetNode', inputs: [`*:*:${start + count}`], outputs: ['*='], widgets: ['far'] },
      10: { type: 'GetNode', outputs: ['*=6'], widgets: ['far'] },
    };
    expect(workflow(nodes)).toEqual(EXPECTED);
  });

  it('may be a chain that leads back to itself', () => {
    const nodes = {
      ...BASE,
      3: { ...prompt!, outputs: ['CONDITIONING='] },
      9: { type: 'Reroute', inputs: ['*:*:20'], outputs: ['*=6|21'] },
      10: { type: 'Reroute', inputs: ['*:*:21'], outputs: ['*=20'] },
    };
    expect(workflow(nodes).travel).toContain('negative_prompt: blurry');
  });
});

describe('a small workflow that stands for a huge one', () => {
  const levels = (copies: number, depth: number) =>
    Array.from({ length: depth }, (_, i) => ({
      id: `g${i}`,
      nodes: Array.from({ length: copies }, (__, id) => ({ id, type: i + 1 < depth ? `g${i + 1}` : 'KSampler' })),
      links: [],
    }));
  const linked = Array.from({ length: 2000 }, (_, i) => [i, 1, 0, 2, i, '*']);
  const times = (count: number, type: string) => Array.from({ length: count }, (_, id) => ({ id, type }));

  it.each<[string, object]>([
    ['2 copies on each of 18 levels', { nodes: times(1, 'g0'), definitions: { subgraphs: levels(2, 18) } }],
    ['10 copies on each of 7 levels', { nodes: times(1, 'g0'), definitions: { subgraphs: levels(10, 7) } }],
    [
      'a subgraph of many links',
      { nodes: times(2000, 'g'), definitions: { subgraphs: [{ id: 'g', nodes: [], links: linked }] } },
    ],
    [
      'a subgraph of many nodes',
      { nodes: times(2000, 'g'), definitions: { subgraphs: [{ id: 'g', nodes: times(2000, 'Note'), links: [] }] } },
    ],
    [
      'a group of many nodes',
      { nodes: times(2000, 'workflow>g'), extra: { groupNodes: { g: { nodes: times(2000, 'Note'), links: [] } } } },
    ],
    [
      'a group of many links',
      { nodes: times(2000, 'workflow/g'), extra: { groupNodes: { g: { nodes: [], links: linked } } } },
    ],
  ])('is refused: %s', (_, workflow) => {
    const text = JSON.stringify({ links: [], ...workflow });
    expect(() => importTravel([{ text }])).toThrow(
      /^The workflow’s subgraphs and group nodes have more than 20000 nodes and links in all, counted up to node \S+ \(\S+\)\.$/,
    );
  });

  it('is read if its own nodes are many', () => {
    const nodes = times(60_000, 'Note');
    expect(() => importTravel([{ text: JSON.stringify({ nodes, links: [] }) }])).toThrow(/has no output/);
  });
});
