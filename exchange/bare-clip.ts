import { type ClipContext, clipContext } from '../grammar/clip/context.ts';
import type { Environment } from '../grammar/clip/environment.ts';
import { runToEnd } from '../grammar/sliced-task.ts';
import { parseTravel } from '../grammar/syntax/parse.ts';

/** A computer without files. */
const NOWHERE: Environment = {
  resolveModel: () => null,
  modelNames: () => [],
  readTravelFile: () => null,
  wildcard: () => null,
  wildcardNames: () => [],
  outputFolder: '',
  fileName: '',
  now: new Date(0),
  randomSeed: () => 0,
};

/** A `.travel` file, resolved without looking at any other file, for checks that need none. */
export const bareClip = (text: string): ClipContext => runToEnd(clipContext(parseTravel(text), NOWHERE, {}));
