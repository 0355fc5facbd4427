import type { ClipContext } from '../clip/context.ts';

/**
 * Which setting makes a clip shorter. sd-webui-animatediff renders at least one full context, whatever `frames` says.
 *
 * @returns `why`: a sentence about a clip that is longer than `frames`, with a space after it; else empty
 */
export function lengthSetting({ settings, frames }: Pick<ClipContext, 'settings' | 'frames'>): {
  readonly key: 'frames' | 'context';
  readonly why: string;
} {
  if (settings.dialect !== 'webui' || settings.frames >= frames) return { key: 'frames', why: '' };
  return {
    key: 'context',
    why: `In the webui dialect, \`frames: ${settings.frames}\` renders a whole context of ${frames}. `,
  };
}
