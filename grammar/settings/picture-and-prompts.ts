import { z } from 'zod';
import { Emphasis } from '../../plan/plan.ts';
import { about } from './about.ts';
import { Definitions, Pixels, Transition, travelling } from './value-types.ts';

/**
 * A1111's sampler names, and the one of before 1.9 that names its schedule too. Which of them the engine has is
 * `protocol/plan.ts`'s `Sampler`.
 */
export const A1111_SAMPLERS = [
  'Euler a',
  'Euler',
  'DPM++ 2M',
  'DPM++ 2M Karras',
  'DDIM',
  'DPM++ SDE',
  'DPM++ 2M SDE',
  'DPM++ 2M SDE Heun',
  'DPM++ 2S a',
  'DPM++ 3M SDE',
  'LMS',
  'Heun',
  'DPM2',
  'DPM2 a',
  'DPM fast',
  'DPM adaptive',
  'Restart',
  'DDIM CFG++',
  'PLMS',
  'UniPC',
  'LCM',
] as const;

/** A1111's schedule types. */
export const A1111_SCHEDULES = [
  'automatic',
  'uniform',
  'karras',
  'exponential',
  'polyexponential',
  'sgm_uniform',
  'kl_optimal',
  'align_your_steps',
  'simple',
  'normal',
  'ddim',
  'beta',
] as const;

/** How a frame is sampled and how prompts are read. */
export const pictureAndPromptSettings = {
  width: Pixels.optional().meta(
    about({
      group: 'Picture',
      description:
        'Width in pixels, a multiple of 8. Without it, the size that the checkpoint was trained at: 512 for SD 1.5.',
      examples: ['512'],
    }),
  ),
  height: Pixels.optional().meta(
    about({
      group: 'Picture',
      description:
        'Height in pixels, a multiple of 8. Without it, the size that the checkpoint was trained at: 512 for SD 1.5.',
      examples: ['512', '768'],
    }),
  ),
  steps: z
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .meta(
      about({
        group: 'Picture',
        description: 'Sampling steps. More is slower; beyond 20 to 30 little changes.',
        examples: ['20', '28'],
      }),
    ),
  sampler: z
    .enum(A1111_SAMPLERS)
    .default('Euler a')
    .meta(
      about({
        group: 'Picture',
        description: 'How noise becomes a picture, by A1111’s names.',
        examples: ['Euler a', 'DPM++ 2M', 'DDIM'],
      }),
    ),
  schedule: z
    .enum(A1111_SCHEDULES)
    .default('automatic')
    .meta(
      about({
        group: 'Picture',
        description: 'How the steps are spaced, by A1111’s names. `automatic` is what the sampler asks for.',
        examples: ['karras'],
      }),
    ),
  cfg_scale: travelling(z.number().min(0).max(100))
    .default(7)
    .meta(
      about({
        group: 'Picture',
        description:
          'How strictly the prompt is followed; 1 ignores the negative prompt and halves the time. May change over time.',
        examples: ['7', '{0: 7, 50%: 9}'],
      }),
    ),
  seed: z
    .int()
    .min(-1)
    .default(-1)
    .meta(
      about({
        group: 'Picture',
        description:
          'Where the noise starts. The same seed gives the same clip; −1 takes a new one and writes down which. Frame i uses seed + i, as A1111 does.',
        examples: ['42'],
      }),
    ),
  rng: z
    .enum(['cpu', 'gpu', 'nv'])
    .default('cpu')
    .meta(about({ group: 'Picture', description: 'Which of A1111’s random number generators makes the noise.' })),

  negative_prompt: z
    .string()
    .default('')
    .meta(
      about({
        group: 'Prompts',
        description: 'What should not be seen, in every frame. A keyframe adds to it with `--neg`.',
        examples: ['render, cartoon, cgi, illustration, painting, drawing, (hands:1.3)'],
      }),
    ),
  transition: Transition.default('linear').meta(
    about({
      group: 'Prompts',
      description:
        'How the animation arrives at a keyframe that does not say so itself: `linear`, `cut`, `ease`, `ease-in`, `ease-out`, `ease-in-out` or `cubic-bezier(x1, y1, x2, y2)`.',
      examples: ['linear', 'ease-in-out', 'cubic-bezier(0.42, 0, 0.58, 1)'],
    }),
  ),
  mix: z
    .enum(['slerp', 'lerp'])
    .default('slerp')
    .meta(
      about({
        group: 'Prompts',
        description:
          'How two encoded prompts are mixed: along the arc, as sd-webui-animatediff does, or along the line.',
      }),
    ),
  emphasis: Emphasis.default('Original').meta(
    about({
      group: 'Prompts',
      description:
        'How `(word:1.2)` acts, by A1111’s names. `Original` keeps the mean of the encoded prompt, `No norm` does not, `Ignore` drops the weights, `None` takes brackets as text.',
    }),
  ),
  define: Definitions.default({}).meta(
    about({
      group: 'Prompts',
      description: 'Pieces of prompt with a name: `$hero` in any prompt stands for what `hero` is here.',
      examples: ['{hero: "cute blonde woman with braids"}'],
    }),
  ),
};
