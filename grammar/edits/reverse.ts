import { parseEasing } from '../../plan/easing.ts';
import { takeLoras } from '../clip/lora-tags.ts';
import { placeKeyframes } from '../clip/timeline.ts';
import { webuiBody } from '../webui/body-lines.ts';
import { webuiPromptsClosed } from '../webui/travel.ts';
import { keyframeBlocks, reverseBlocks } from './blocks.ts';
import { brokenHold, type EditableClip, type EditableKey } from './editable-clip.ts';
import { keyTextEdits } from './key-text.ts';
import { type Refusal, refused } from './outcome.ts';
import { mirroredPosition } from './position-text.ts';
import { type ExpectedKey, type Proposal, propose } from './proposal.ts';
import { reversedKeys, reversedTransition } from './reversed-keys.ts';
import { reverseSetting } from './reversed-numbers.ts';
import { editNumbers } from './travelling-numbers.ts';

/**
 * Plays the prompts and the numbers of a clip backward: every frame shows what the frame as far from the other end
 * showed. Keyframes, holds and transitions are mirrored. What other settings do over time, such as an input video, is
 * kept.
 */
export function reverse(clip: EditableClip): Proposal | Refusal {
  const { document, effective, keys, byFrame, inOrder, time } = clip;
  const { settings } = effective;
  if (byFrame.length === 0) return refused('The file has no keyframes to reverse.');
  const broken = brokenHold(clip) ?? brokenTransition(clip) ?? webuiObstacle(clip);
  if (broken) return refused(broken);
  const closed = webuiPromptsClosed(time.frames, settings.context, settings.closed_loop);
  const placed = placeKeyframes(
    byFrame.map((key) => ({ ...key })),
    settings,
  );
  const reversed = reversedKeys(placed, { frames: time.frames, closed, hasHolds: settings.dialect === 'travel' });
  if (!reversed) {
    return refused(
      'A cut across the end of a closed loop cannot be reversed; move the first keyframe to frame 0 first.',
    );
  }
  const numbers = editNumbers(effective, time, (setting) => reverseSetting(setting, time, document.text));
  if (numbers.kind === 'refused') return numbers;
  const { edits: others, left } = numbers;
  const byIndex = new Map(reversed.map((target) => [byFrame[target.from]!.index, target]));
  const written = keys.map((key): ExpectedKey => {
    const { frame, holdEnd, arrivesAs } = byIndex.get(key.index)!;
    const arrived = byFrame[arrivesAs]!.keyframe.transition;
    const hold = holdEnd === frame ? null : holdEnd;
    return {
      key,
      frame,
      holdEnd: hold,
      position: mirroredPosition(startNotation(key), frame, time),
      hold: hold === null ? null : mirroredPosition(key.keyframe.position.text, hold, time),
      transition: settings.dialect === 'webui' ? null : reversedTransition(arrived?.text ?? null, settings.transition),
    };
  });
  const edits = keys.map((key, i) => keyTextEdits(key, written[i]!, document.text));
  const body = inOrder ? [reverseBlocks(document.text, keyframeBlocks(document), edits)] : edits.flat();
  return propose([...body, ...others], {
    keys: inOrder ? written.toReversed() : written,
    frames: time.frames,
    left,
  });
}

/** What was the end is the start. */
const startNotation = ({ keyframe: { hold, position } }: EditableKey) => (hold ?? position).text;

function brokenTransition({ keys }: EditableClip): string | null {
  for (const { keyframe } of keys) {
    const parsed = keyframe.transition && parseEasing(keyframe.transition.text);
    if (parsed && !parsed.ok) return `“${keyframe.transition!.text}” is not a valid transition; correct it first.`;
  }
  return null;
}

/** Why a clip in the webui dialect has no reverse: it has the LoRAs of its first frame's prompt. */
function webuiObstacle({ document, effective, byFrame, time }: EditableClip): string | null {
  const { dialect, context } = effective.settings;
  if (dialect !== 'webui') return null;
  if (context > time.frames) {
    return `The webui dialect renders ${context} frames, more than \`frames\`; increase \`frames\` first.`;
  }
  const hasLoras = (text: string) => takeLoras(text).loras.length > 0;
  const travels = byFrame.some(({ keyframe }) => hasLoras(keyframe.prompt.text));
  const isLater = byFrame.at(-1)!.frame < time.frames - 1;
  return travels || (isLater && hasLoras(webuiBody(document)))
    ? 'The webui dialect uses the LoRAs of the first frame, so they would be others in the reversed clip.'
    : null;
}
