import { z } from 'zod';
import { Emphasis } from '../../plan/plan.ts';
import { SAMPLERS, SigmaSchedule } from '../../plan/samplers.ts';
import { needs, setting, used } from './about.ts';
import { Definitions, Pixels, Transition, travelling } from './value-types.ts';

/** A1111's sampler names, with the one from before version 1.9 that includes its schedule. */
const A1111_SAMPLERS = SAMPLERS.flatMap((name) =>
  name === 'DPM++ 2M' ? ([name, 'DPM++ 2M Karras'] as const) : ([name] as const),
);

/** How a frame is sampled and how prompts are read. */
export const imageAndPromptSettings = {
  width: setting(Pixels.optional(), {
    group: 'Image',
    description:
      'Width in pixels, a multiple of 8. By default, the size that the checkpoint was trained at: 512 for SD 1.5.',
    examples: ['512'],
    use: used,
  }),
  height: setting(Pixels.optional(), {
    group: 'Image',
    description:
      'Height in pixels, a multiple of 8. By default, the size that the checkpoint was trained at: 512 for SD 1.5.',
    examples: ['512', '768'],
    use: used,
  }),
  steps: setting(z.int().min(1).max(1000).default(20), {
    group: 'Image',
    description:
      'Number of sampling steps. More steps are slower; above 20 to 30 the image changes little. DPM adaptive decides its steps itself.',
    examples: ['20', '28'],
    use: needs('counted-steps'),
  }),
  sampler: setting(z.enum(A1111_SAMPLERS).default('Euler a'), {
    group: 'Image',
    description: 'The sampler, by its name in A1111.',
    examples: ['Euler a', 'DPM++ 2M', 'DDIM'],
    use: used,
  }),
  schedule: setting(z.enum(['automatic', ...SigmaSchedule.options]).default('automatic'), {
    group: 'Image',
    description:
      'The spacing of the sampling steps, by its name in A1111. `automatic` uses the sampler’s default. DDIM, DDIM CFG++, PLMS, UniPC, DPM fast, and DPM adaptive have their own spacing.',
    examples: ['karras'],
    use: needs('sigma-sampler'),
  }),
  cfg_scale: setting(travelling(z.number().min(0).max(100)).default(7), {
    group: 'Image',
    description:
      'How strictly the image follows the prompt. 1 ignores the negative prompt and takes half the time. Can change over time.',
    examples: ['7', '{0: 7, 50%: 9}'],
    use: used,
  }),
  seed: setting(z.int().min(-1).default(-1), {
    group: 'Image',
    description:
      'Seed of the noise. The same seed gives the same clip; −1 picks a new one, which the render reports. Frame i uses seed + i, as in A1111.',
    examples: ['42'],
    use: used,
  }),
  rng: setting(z.enum(['cpu', 'gpu', 'nv']).default('cpu'), {
    group: 'Image',
    description:
      'Which of A1111’s random number generators makes the noise: the one of the CPU, or the one of an Nvidia GPU, whose noise `gpu` and `nv` give on any computer.',
    use: used,
  }),

  negative_prompt: setting(z.string().default(''), {
    group: 'Prompts',
    description: 'The negative prompt of every frame. Keyframes can add to it with `--neg`.',
    examples: ['render, cartoon, cgi, illustration, painting, drawing, (hands:1.3)'],
    use: needs('guidance'),
  }),
  transition: setting(Transition.default('linear'), {
    group: 'Prompts',
    description:
      'The transition to keyframes that do not set their own: `linear`, `cut`, `ease`, `ease-in`, `ease-out`, `ease-in-out`, or `cubic-bezier(x1, y1, x2, y2)`.',
    examples: ['linear', 'ease-in-out', 'cubic-bezier(0.42, 0, 0.58, 1)'],
    use: needs('travel-dialect', 'several-prompts', 'default-transition'),
  }),
  mix: setting(z.enum(['slerp', 'lerp']).default('slerp'), {
    group: 'Prompts',
    description:
      'How two encoded prompts are mixed: spherically (`slerp`), as sd-webui-animatediff does, or linearly (`lerp`).',
    use: needs('several-prompts', 'mixed-prompts'),
  }),
  emphasis: setting(Emphasis.default('Original'), {
    group: 'Prompts',
    description:
      'How weights such as `(word:1.2)` are applied, by A1111’s names. `Original` keeps the mean of the encoded prompt, `No norm` does not, `Ignore` ignores the weights, and `None` treats brackets as text.',
    use: used,
  }),
  define: setting(Definitions.default({}), {
    group: 'Prompts',
    description: 'Named parts of prompts: in any prompt, `$hero` is replaced with the text of `hero`.',
    examples: ['{hero: "cute blonde woman with braids"}'],
    use: needs('travel-dialect'),
  }),
};
