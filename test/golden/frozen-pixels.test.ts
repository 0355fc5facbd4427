import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { ENGINE_VERSION } from '../../engine/engine-version.ts';
import { REFERENCE_FOLDER } from './folder.ts';

const CHANGELOG = resolve(import.meta.dirname, '../../CHANGELOG.md');

/**
 * `frozen/travel` is a clip of pocket: `npm run golden` renders it and compares its frames. So its pixels change only if
 * it is frozen again, and then the version of the engine and the change log must say so.
 */
it('has an entry in the change log for the pixels of this version of the engine', () => {
  const clip = readFileSync(resolve(REFERENCE_FOLDER, 'frozen/travel.safetensors'));
  const hash = createHash('sha256').update(clip).digest('hex').slice(0, 12);
  expect(readFileSync(CHANGELOG, 'utf8')).toContain(`engine version ${ENGINE_VERSION}, clip ${hash}`);
});
