import * as l10n from '@vscode/l10n';
import type { ComponentChildren, JSX } from 'preact';
import type { FrameDetails, MixedPrompt, Timeline } from '../../protocol/timeline.ts';
import { mixAt } from '../../protocol/timeline-mix.ts';
import { css, keyRgb, type Rgb } from '../colour.ts';
import type { Preview } from '../preview.ts';
import { shortText } from '../short-text.ts';
import { rangesText } from '../state/status.ts';
import { numberText } from '../timeline/lanes.ts';
import { shareText } from '../timeline/mix.ts';
import { seconds } from '../timeline/ticks.ts';

/** Everything about the shown frame. */
export function Inspector({ preview }: { preview: Preview }): JSX.Element {
  const { details, timeline } = preview.model;
  const frame = Math.min(preview.frame, (timeline?.timeline.frames ?? 1) - 1);
  const { playing } = preview.view.clock;
  if (details === null) {
    return (
      <p class="hint">
        {timeline?.stale
          ? l10n.t('Fix the errors in the text to see the prompts of a frame.')
          : l10n.t('No details of this frame yet.')}
      </p>
    );
  }
  // While the clip plays, the details of the last frame stay, because text that changes 8 times a second cannot be
  // read.
  const old = details.frame !== frame;
  return (
    <div class={old && !playing ? 'inspector old' : 'inspector'}>
      <h2 class="inspector-title">
        {l10n.t('Frame {0}', details.frame)} <span class="dim">{seconds(details.seconds, 2)}</span>
        {old && playing && <span class="dim"> · {l10n.t('pause to inspect')}</span>}
      </h2>
      <PromptSection title={l10n.t('Prompt')} prompt={details.positive} colours={coloursAt(preview, details.frame)} />
      <PromptSection
        title={l10n.t('Negative prompt')}
        prompt={details.negative}
        colours={coloursAt(preview, details.frame)}
      />
      <Values details={details} steps={timeline === null ? null : stepsText(timeline.timeline)} />
      <Windows details={details} frames={timeline?.timeline.frames ?? details.frame + 1} />
    </div>
  );
}

function coloursAt(preview: Preview, frame: number): { from: Rgb; to: Rgb; keys: [number, number] } | null {
  const timeline = preview.model.timeline?.timeline;
  const mix = timeline === undefined ? null : mixAt(timeline, frame);
  return mix === null ? null : { from: keyRgb(mix.from), to: keyRgb(mix.to), keys: [mix.from + 1, mix.to + 1] };
}

function Section({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class="inspector-section">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

interface PromptSectionProps {
  readonly title: string;
  readonly prompt: MixedPrompt;
  readonly colours: ReturnType<typeof coloursAt>;
}

/** A prompt, or two and how they are mixed. */
function PromptSection({ title, prompt, colours }: PromptSectionProps): JSX.Element {
  const { from, to, t, tokens } = prompt;
  const single = from === to || t <= 0 || t >= 1;
  const only = t >= 1 ? to : from;
  if (single) {
    const leading = colours === null ? null : t >= 1 ? colours.to : colours.from;
    return (
      <Section title={title}>
        {only === '' ? (
          <p class="dim">{l10n.t('Empty')}</p>
        ) : (
          <Prompt text={only} other={null} colour={from === to ? null : leading} />
        )}
        <TokenCount tokens={t >= 1 ? tokens.to : tokens.from} />
      </Section>
    );
  }
  return (
    <Section title={title}>
      <MixBar t={t} colours={colours} />
      <div class="prompt-source">
        <p class="prompt-share">
          <Swatch colour={colours?.from} /> {shareText(1 - t)}
          {colours !== null && <span class="dim"> {l10n.t('keyframe {0}', colours.keys[0])}</span>}
        </p>
        <Prompt text={from} other={to} colour={colours?.from ?? null} />
        <TokenCount tokens={tokens.from} />
      </div>
      <div class="prompt-source">
        <p class="prompt-share">
          <Swatch colour={colours?.to} /> {shareText(t)}
          {colours !== null && <span class="dim"> {l10n.t('keyframe {0}', colours.keys[1])}</span>}
        </p>
        <Prompt text={to} other={from} colour={colours?.to ?? null} />
        <TokenCount tokens={tokens.to} />
      </div>
    </Section>
  );
}

/** A longer text is cut off: nobody reads it here, and laying it out would stop the page. */
const LONGEST = 4000;

/** A prompt; what it does not share with the other one is underlined. */
function Prompt({ text, other, colour }: { text: string; other: string | null; colour: Rgb | null }): JSX.Element {
  const shown = shortText(text, LONGEST);
  const [start, end] = other === null ? [0, 0] : differingPart(shown, other);
  if (end <= start) return <p class="prompt">{shown}</p>;
  return (
    <p class="prompt">
      {shown.slice(0, start)}
      <span class="prompt-own" style={{ borderColor: colour === null ? 'currentColor' : css(colour) }}>
        {shown.slice(start, end)}
      </span>
      {shown.slice(end)}
    </p>
  );
}

/** What is between the beginning and the end that two texts share, at whole words. */
export function differingPart(text: string, other: string): readonly [start: number, end: number] {
  const least = Math.min(text.length, other.length);
  let start = 0;
  while (start < least && text[start] === other[start]) start++;
  let tail = 0;
  while (tail < least - start && text[text.length - 1 - tail] === other[other.length - 1 - tail]) tail++;
  let end = text.length - tail;
  while (start > 0 && /[^\s,]/.test(text[start - 1]!)) start--;
  while (end < text.length && /[^\s,]/.test(text[end]!)) end++;
  return [start, end];
}

function Swatch({ colour }: { colour: Rgb | undefined }): JSX.Element | null {
  return colour === undefined ? null : <span class="swatch" style={{ background: css(colour) }} />;
}

function MixBar({ t, colours }: { t: number; colours: ReturnType<typeof coloursAt> }): JSX.Element | null {
  if (colours === null) return null;
  return (
    <div class="mix-bar" aria-hidden="true">
      <span style={{ background: css(colours.from), flexGrow: 1 - t }} />
      <span style={{ background: css(colours.to), flexGrow: t }} />
    </div>
  );
}

/** `14 of 75 tokens`; each chunk of a longer prompt. */
function TokenCount({ tokens }: { tokens: readonly number[] }): JSX.Element | null {
  if (tokens.length === 0) return null;
  const text =
    tokens.length === 1
      ? l10n.t('{0} of 75 tokens', tokens[0]!)
      : l10n.t('{0} tokens in {1} chunks', tokens.join(' + '), tokens.length);
  return <p class="dim tokens">{text}</p>;
}

/** `60`, or `60 (the sampler makes 62)`: what the page counts are the steps of the sampler. */
function stepsText({ steps, settingSteps }: Timeline): string {
  return steps === settingSteps ? `${steps}` : l10n.t('{0} (the sampler makes {1})', settingSteps, steps);
}

function Values({ details, steps }: { details: FrameDetails; steps: string | null }): JSX.Element {
  const rows = [
    ...(steps === null ? [] : [{ name: 'steps', text: steps }]),
    ...(details.seed === null ? [] : [{ name: 'seed', text: `${details.seed}` }]),
    ...details.values.map(({ name, value }) => ({ name, text: numberText(value) })),
  ];
  return (
    <Section title={l10n.t('Values')}>
      <dl class="values">
        {rows.map(({ name, text }, index) => (
          <div key={`${index} ${name}`}>
            <dt title={name}>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

/** The windows in which the frame is denoised, and how much each counts. */
function Windows({ details, frames }: { details: FrameDetails; frames: number }): JSX.Element | null {
  if (details.windows.length === 0) return null;
  const total = details.windows.reduce((sum, { weight }) => sum + weight, 0);
  return (
    <Section title={l10n.t('Context windows')}>
      <ul class="windows">
        {details.windows.map((window, index) => (
          <li key={index}>
            <span class="window-bar" aria-hidden="true">
              {window.frames.length > 0 && (
                <span
                  style={{
                    left: `${(100 * window.frames.reduce((a, b) => Math.min(a, b))) / frames}%`,
                    right: `${100 - (100 * (window.frames.reduce((a, b) => Math.max(a, b)) + 1)) / frames}%`,
                  }}
                />
              )}
            </span>
            <span>{rangesText(window.frames)}</span>
            <span class="dim">{total > 0 ? shareText(window.weight / total) : ''}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
