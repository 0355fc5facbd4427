/** Where a picture is on the stage. Pure; lengths are CSS pixels. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `center`: the point of the picture in the middle of the stage, in parts of its width and height. */
export type Zoom =
  | { readonly kind: 'fit' }
  | { readonly kind: 'factor'; readonly factor: number; readonly center: Point };

export const FIT: Zoom = { kind: 'fit' };
export const MIN_FACTOR = 0.05;
export const MAX_FACTOR = 32;

export interface Placement extends Size, Point {
  /** CSS pixels of a pixel of the picture. */
  readonly factor: number;
}

/** @param margin free space around a picture that fits */
export function place(zoom: Zoom, stage: Size, picture: Size, margin = 12): Placement {
  if (zoom.kind === 'fit') {
    const free = { width: Math.max(1, stage.width - 2 * margin), height: Math.max(1, stage.height - 2 * margin) };
    const factor = Math.min(free.width / picture.width, free.height / picture.height, MAX_FACTOR);
    return around({ x: 0.5, y: 0.5 }, factor, stage, picture);
  }
  return around(zoom.center, zoom.factor, stage, picture);
}

function around(center: Point, factor: number, stage: Size, picture: Size): Placement {
  const width = picture.width * factor;
  const height = picture.height * factor;
  return { x: stage.width / 2 - center.x * width, y: stage.height / 2 - center.y * height, width, height, factor };
}

const clampFactor = (factor: number) => Math.min(Math.max(factor, MIN_FACTOR), MAX_FACTOR);

/** Changes the factor; the point of the picture under `at` stays there. */
export function zoomAt(from: Placement, stage: Size, at: Point, by: number): Zoom {
  const factor = clampFactor(from.factor * by);
  const scale = factor / from.factor;
  return movedTo(
    { x: at.x - (at.x - from.x) * scale, y: at.y - (at.y - from.y) * scale },
    stage,
    { width: from.width * scale, height: from.height * scale },
    factor,
  );
}

/** Drags the picture by a distance. */
export function pan(from: Placement, stage: Size, by: Point): Zoom {
  return movedTo({ x: from.x + by.x, y: from.y + by.y }, stage, from, from.factor);
}

/** One pixel of the picture is one CSS pixel. */
export const ACTUAL_SIZE: Zoom = { kind: 'factor', factor: 1, center: { x: 0.5, y: 0.5 } };

/** The middle of the stage stays over the picture, so that it can always be found again. */
function movedTo(corner: Point, stage: Size, picture: Size, factor: number): Zoom {
  const part = (length: number, start: number, whole: number) => clamp01((length / 2 - start) / whole);
  return {
    kind: 'factor',
    factor,
    center: { x: part(stage.width, corner.x, picture.width), y: part(stage.height, corner.y, picture.height) },
  };
}

const clamp01 = (value: number) => Math.min(Math.max(value, 0), 1);

export const percent = (factor: number) => `${Math.round(factor * 100)} %`;
