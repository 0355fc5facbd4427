import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { findFfmpeg } from '../../../engine/media/find-ffmpeg.ts';

/** The ffmpeg of this computer, which is optional: tests that need it are skipped without it, with a notice. */
export const REAL_FFMPEG = await findFfmpeg();
if (REAL_FFMPEG === undefined) console.warn('ffmpeg was not found: tests that need it are skipped.');

/** Videos that people have, which are optional: `shared/cases` beside the project, or the folder TRAVEL_CASES names. */
export const CASES_FOLDER = process.env.TRAVEL_CASES ?? resolve(import.meta.dirname, '../../../../shared/cases');

export const HAS_CASES = existsSync(resolve(CASES_FOLDER, 'video.json'));
if (!HAS_CASES) console.warn(`Videos were not found at ${CASES_FOLDER}: tests that need them are skipped.`);
