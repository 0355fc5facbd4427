import { resolve } from 'node:path';

/** The reference data: a folder `golden` in `shared` beside the project, or wherever TRAVEL_GOLDEN points. */
export const GOLDEN_FOLDER = process.env.TRAVEL_GOLDEN ?? resolve(process.cwd(), '../shared/golden');
