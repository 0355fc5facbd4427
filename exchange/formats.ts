import type { ExchangeFormat, FormatName } from './format.ts';
import { a1111Prompt } from './read/a1111-prompt.ts';
import { ade } from './read/ade.ts';
import { cli } from './read/cli.ts';
import { comfy } from './read/comfy.ts';
import { deforum } from './read/deforum.ts';
import { fizz } from './read/fizz.ts';
import { infotext } from './read/infotext.ts';
import { travel } from './read/travel.ts';
import { webuiApi } from './read/webui-api.ts';

/** In the order in which they are asked: the last one takes any text. */
export const FORMATS: readonly ExchangeFormat[] = [
  travel,
  webuiApi,
  cli,
  comfy,
  deforum,
  infotext,
  ade,
  fizz,
  a1111Prompt,
];

export const formatNamed = (name: FormatName): ExchangeFormat => FORMATS.find((format) => format.name === name)!;
