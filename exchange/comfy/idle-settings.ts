import { hasParameter } from '../../grammar/clip/sampling.ts';
import { Settings } from '../../grammar/settings/schema.ts';
import { webuiPromptsClosed } from '../../grammar/webui/travel.ts';
import { type SettingValue, withoutUndefined } from '../clip.ts';
import { type Note, note } from '../notes.ts';

/** Removes settings that act in ComfyUI, but not here. @returns notes with what they were */
export function withoutIdleSettings(settings: Record<string, SettingValue | undefined>): Note[] {
  const { sampler, s_noise, closed_loop } = settings;
  const own = Settings.parse(withoutUndefined({ sampler }));
  const notes: Note[] = [];
  if (s_noise !== undefined && !hasParameter(own, 's_noise')) {
    notes.push(note('other-fields', `${own.sampler} has no \`s_noise\` here. It was: ${s_noise}`));
    settings.s_noise = undefined;
  }
  const { frames = own.frames, context = own.context } = settings;
  if (closed_loop === 'R+P' && !webuiPromptsClosed(Number(frames), Number(context), closed_loop)) {
    notes.push(
      note(
        'prompt-loop',
        'The prompts travel back to the first one there. Here, they do not in a clip that fits in one context window. For that, set `context` to fewer frames, and `closed_loop: R+P`.',
      ),
    );
    settings.closed_loop = 'N';
  }
  return notes;
}
