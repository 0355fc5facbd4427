/**
 * `npm run record:video`, first part: draws the input of `examples/video-to-video.travel`, so that a video for trying things out is at
 * hand and belongs to nobody else. The same script writes the same file.
 */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import sharp from 'sharp';

const GIF = resolve(import.meta.dirname, '../examples/swaying.gif');
const SIDE = 128;
/** At 8 frames a second, as the example renders them. */
const FRAMES = 16;
const MILLISECONDS = 125;

const OUTLINE = 'stroke="#222" stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round"';
const GRAY = { hair: '#8a8f98', skin: '#e8e2da', shirt: '#5b6470', back: '#cdd3da' };

/** A person with cat ears, who sways. @param t from 0 to 1 */
function picture(t: number): string {
  const wave = Math.sin(2 * Math.PI * t);
  const [x, tilt] = [7 * wave, 9 * wave];
  const eye = (cx: number) =>
    `<ellipse cx="${cx}" cy="66" rx="5.5" ry="7" fill="#fff" ${OUTLINE}/><circle cx="${cx}" cy="67" r="3.4" fill="#333"/>`;
  const ear = (side: 1 | -1) =>
    `<path d="M${64 + side * 12} 33 L${64 + side * 30} 10 L${64 + side * 34} 46 Z" fill="${GRAY.hair}" ${OUTLINE}/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIDE} ${SIDE}">
    <rect width="${SIDE}" height="${SIDE}" fill="${GRAY.back}"/>
    <g transform="translate(${x * 0.4} 0)">
      <path d="M22 130 C24 108 44 104 64 104 C84 104 104 108 106 130 Z" fill="${GRAY.shirt}" ${OUTLINE}/>
      <path d="M54 88 L54 106 Q64 114 74 106 L74 88 Z" fill="${GRAY.skin}" ${OUTLINE}/>
    </g>
    <g transform="translate(${x} 0) rotate(${tilt} 64 96)">
      ${ear(-1)}${ear(1)}
      <path d="M28 66 C24 24 104 24 100 66 C102 84 96 96 90 98 L38 98 C32 96 26 84 28 66 Z" fill="${GRAY.hair}" ${OUTLINE}/>
      <path d="M37 62 C37 84 50 97 64 97 C78 97 91 84 91 62 C91 48 82 42 64 42 C46 42 37 48 37 62 Z" fill="${GRAY.skin}" ${OUTLINE}/>
      <path d="M34 62 C38 38 60 32 66 34 C84 32 96 46 94 64 C88 58 84 54 80 48 C70 58 48 60 34 62 Z" fill="${GRAY.hair}" ${OUTLINE}/>
      ${eye(51)}${eye(77)}
      <path d="M57 84 q7 5 14 0" fill="none" ${OUTLINE}/>
    </g>
  </svg>`;
}

const frames = await Promise.all(
  Array.from({ length: FRAMES }, (_, i) =>
    sharp(Buffer.from(picture(i / FRAMES)))
      .resize(SIDE, SIDE)
      .flatten()
      .png()
      .toBuffer(),
  ),
);
await writeFile(
  GIF,
  await sharp(frames, { join: { animated: true } })
    .gif({ delay: Array(FRAMES).fill(MILLISECONDS), loop: 0, colours: 32, dither: 0 })
    .toBuffer(),
);
