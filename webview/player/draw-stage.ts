import { css, type Rgb } from '../colour.ts';
import type { Background, CompareMode } from '../state/view.ts';
import type { Picture } from './picture.ts';
import { type Placement, place, type Size, type Zoom } from './zoom.ts';

export interface StageScene {
  /** CSS pixels. */
  readonly size: Size;
  /** Device pixels of a CSS pixel. */
  readonly scale: number;
  readonly zoom: Zoom;
  readonly background: Background;
  readonly surface: string;
  readonly a: Picture | null;
  readonly b: Picture | null;
  /** null: only `a` is shown. */
  readonly compare: CompareMode | null;
  readonly wipe: number;
  /** The frames before and after, drawn over the picture. */
  readonly onion: readonly (Picture | null)[];
  /** A picture of the input over the result, from 0 to 1; null: none. */
  readonly overlay: { readonly picture: Picture; readonly opacity: number } | null;
  /** Colour of the storyboard, which is shown without a picture. */
  readonly wash: Rgb | null;
  /** Size of the clip: pictures of another size are drawn as large as it. */
  readonly nominal: Size | null;
}

/** Where a picture is on the stage, or on its half of it. */
export function placementOf({ zoom, size, compare, nominal, a, b }: StageScene): Placement | null {
  const picture = nominal ?? a ?? b;
  if (picture === null) return null;
  return place(zoom, halfOf(size, compare), picture);
}

const halfOf = (size: Size, compare: CompareMode | null): Size =>
  compare === 'side' ? { width: Math.max(1, size.width / 2), height: size.height } : size;

export function drawStage(context: CanvasRenderingContext2D, scene: StageScene): void {
  const { size, scale, a, b, compare, wash } = scene;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  const at = placementOf(scene);
  if (at === null || (a === null && b === null)) {
    if (wash !== null) drawWash(context, size, wash);
    return;
  }
  context.imageSmoothingQuality = 'high';
  if (compare === null || b === null) {
    drawGround(context, scene, at);
    drawPicture(context, a, at);
    drawOnion(context, scene, at);
    drawOverlay(context, scene, at);
    return;
  }
  switch (compare) {
    case 'side': {
      drawHalf(context, scene, at, a, 0);
      drawHalf(context, scene, at, b, size.width / 2);
      return;
    }
    case 'wipe': {
      drawGround(context, scene, at);
      drawPicture(context, a, at);
      context.save();
      context.beginPath();
      const edge = at.x + at.width * scene.wipe;
      context.rect(edge, 0, size.width - edge, size.height);
      context.clip();
      drawGround(context, scene, at);
      drawPicture(context, b, at);
      context.restore();
      return;
    }
    case 'difference': {
      context.fillStyle = '#000';
      context.fillRect(at.x, at.y, at.width, at.height);
      drawPicture(context, a, at);
      context.save();
      context.globalCompositeOperation = 'difference';
      drawPicture(context, b, at);
      context.restore();
    }
  }
}

function drawHalf(
  context: CanvasRenderingContext2D,
  scene: StageScene,
  at: Placement,
  picture: Picture | null,
  left: number,
): void {
  context.save();
  context.beginPath();
  context.rect(left, 0, scene.size.width / 2, scene.size.height);
  context.clip();
  const moved = { ...at, x: at.x + left };
  drawGround(context, scene, moved);
  drawPicture(context, picture, moved);
  context.restore();
}

function drawPicture(context: CanvasRenderingContext2D, picture: Picture | null, at: Placement): void {
  if (picture === null) return;
  const factor = at.width / picture.width;
  // Somebody who magnifies this far looks at pixels.
  context.imageSmoothingEnabled = picture.coarse || factor < 8;
  context.drawImage(picture.image, at.x, at.y, at.width, at.height);
}

function drawOnion(context: CanvasRenderingContext2D, { onion }: StageScene, at: Placement): void {
  context.save();
  context.globalAlpha = 0.28;
  for (const picture of onion) drawPicture(context, picture, at);
  context.restore();
}

function drawOverlay(context: CanvasRenderingContext2D, { overlay }: StageScene, at: Placement): void {
  if (overlay === null) return;
  context.save();
  context.globalAlpha = overlay.opacity;
  drawPicture(context, overlay.picture, at);
  context.restore();
}

/** Behind the picture: what a transparent pixel, or the frame that is not there yet, shows. */
function drawGround(context: CanvasRenderingContext2D, { background, surface }: StageScene, at: Placement): void {
  if (background === 'theme') context.fillStyle = surface;
  else if (background === 'checker') context.fillStyle = checker(context);
  else context.fillStyle = background;
  context.fillRect(at.x, at.y, at.width, at.height);
}

function checker(context: CanvasRenderingContext2D): CanvasPattern | string {
  const tile = new OffscreenCanvas(16, 16);
  const paint = tile.getContext('2d');
  if (paint === null) return '#888';
  paint.fillStyle = '#bbb';
  paint.fillRect(0, 0, 16, 16);
  paint.fillStyle = '#888';
  paint.fillRect(0, 0, 8, 8);
  paint.fillRect(8, 8, 8, 8);
  return context.createPattern(tile, 'repeat') ?? '#888';
}

/** The storyboard: the colours of the keyframes, mixed as the prompts are. */
function drawWash(context: CanvasRenderingContext2D, { width, height }: Size, wash: Rgb): void {
  const radius = Math.max(width, height) * 0.75;
  const gradient = context.createRadialGradient(width / 2, height, 0, width / 2, height, radius);
  gradient.addColorStop(0, css(wash, 0.24));
  gradient.addColorStop(1, css(wash, 0.02));
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
}
