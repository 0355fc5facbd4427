import type { PageMessage } from '../../protocol/preview.ts';
import { type Clock, STOPPED } from '../player/clock.ts';
import { FIT, type Zoom } from '../player/zoom.ts';
import type { Span } from '../timeline/axis.ts';

export const BACKGROUNDS = ['theme', 'checker', 'black', 'white'] as const;
export type Background = (typeof BACKGROUNDS)[number];

export const COMPARE_MODES = ['side', 'wipe', 'difference'] as const;
export type CompareMode = (typeof COMPARE_MODES)[number];

/** What is shown of the input: nothing, source frames and hints, or one of them over the result. */
export const INPUT_MODES = ['off', 'beside', 'over'] as const;
export type InputMode = (typeof INPUT_MODES)[number];

/** What a person has arranged. It survives hiding, moving and reloading the page. */
export interface View {
  readonly clock: Clock;
  /** The first picture starts to play, because the person has not decided yet. */
  readonly autoplay: boolean;
  readonly zoom: Zoom;
  readonly background: Background;
  readonly onion: boolean;
  readonly input: InputMode;
  /** What is over the result: a ControlNet unit, 0-based, or -1: what frames start from. */
  readonly inputLayer: number;
  /** From 0 to 1. */
  readonly inputOpacity: number;
  readonly compare: CompareMode;
  /** Place of the wipe, from 0 to 1. */
  readonly wipe: number;
  /** Visible part of the timeline; null: all of it. */
  readonly span: Span;
  /** null: as the width suggests. */
  readonly folded: boolean | null;
  readonly tab: 'frame' | 'renders';
  /** Whose context windows are shown, 0-based. */
  readonly step: number;
  /** CSS pixels. */
  readonly scroll: { readonly page: number; readonly timeline: number; readonly side: number };
}

export const FIRST_VIEW: View = {
  clock: STOPPED,
  autoplay: true,
  zoom: FIT,
  background: 'theme',
  onion: false,
  input: 'off',
  inputLayer: 0,
  inputOpacity: 0.5,
  compare: 'wipe',
  wipe: 0.5,
  span: null,
  folded: null,
  tab: 'frame',
  step: 0,
  scroll: { page: 0, timeline: 0, side: 0 },
};

export type Post = (message: PageMessage) => void;
