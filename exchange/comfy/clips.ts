import type { ClipOption } from '../format.ts';
import { ImportError, type Note, note } from '../notes.ts';
import { readPrompts } from './conditioning.ts';
import { type Graph, type GraphNode, Links } from './graph.ts';
import { readLatents } from './latents.ts';

/** What tells the clips of several samplers apart; empty if there is only one. */
export function clipOptions(graph: Graph, samplers: readonly GraphNode[]): ClipOption[] {
  if (samplers.length < 2) return [];
  // What is asked here must not count as read.
  const links = new Links(graph);
  return samplers.map((sampler) => {
    const { frames, settings } = readLatents(links, sampler);
    const { width, height } = settings;
    return {
      id: sampler.id,
      title: sampler.title?.trim() || sampler.type,
      frames,
      size: typeof width === 'number' && typeof height === 'number' ? { width, height } : null,
      prompt: promptStart(links, sampler, frames),
    };
  });
}

/** Characters that are enough to tell prompts apart. */
const START = 60;

function promptStart(links: Links, sampler: GraphNode, frames: number): string {
  const text = firstPrompt(links, sampler, frames);
  return text.length <= START ? text : `${text.slice(0, START - 1)}…`;
}

function firstPrompt(links: Links, sampler: GraphNode, frames: number): string {
  try {
    const { head, keyframes } = readPrompts(links, sampler, { frames, fps: 1 });
    return [...head, ...keyframes.slice(0, 1).map(({ prompt }) => prompt)].filter(Boolean).join(', ');
  } catch (error) {
    // A schedule that cannot be read is an error only in the clip that is taken.
    if (error instanceof ImportError) return '';
    throw error;
  }
}

/** A message names no more of them. */
const MOST_NAMED = 20;

/** A note that names the clips after the first one, which is taken. */
export function otherClips([first, ...others]: readonly ClipOption[]): Note[] {
  if (!first || others.length === 0) return [];
  const named = others.slice(0, MOST_NAMED).map(described);
  if (others.length > MOST_NAMED) named.push(`${others.length - MOST_NAMED} more`);
  return [
    note(
      'more-clips',
      `The workflow makes ${others.length + 1} clips. The first one is imported, ${described(first)}. Not carried over: ${named.join('; ')}. *Travel: Import…* in VS Code asks which one to import.`,
    ),
  ];
}

function described({ id, title, frames, size, prompt }: ClipOption): string {
  const details = [
    title,
    `${frames} ${frames === 1 ? 'frame' : 'frames'}`,
    ...(size ? [`${size.width} × ${size.height}`] : []),
  ].join(', ');
  return `node ${id} (${details}${prompt === '' ? '' : `, “${prompt}”`})`;
}
