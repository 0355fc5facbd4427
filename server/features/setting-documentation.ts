import { z } from 'zod';
import { settingChoices, settingDefault } from '../../grammar/settings/resolve.ts';
import { aboutSetting, isSettingKey, type SettingKey, Settings } from '../../grammar/settings/schema.ts';

/** The documentation of the setting at a path such as `save`, `controlnet.0.mode` or `free_init.filter`, from the schema. */
export interface SettingDocumentation {
  /** The last part of the path that is not an index. */
  readonly key: string;
  readonly markdown: string;
  /** All possible values; null if they are not a closed set. */
  readonly choices: readonly string[] | null;
  readonly examples: readonly string[];
  /** The keys of this map; empty if the setting is not a map. */
  readonly keys: readonly string[];
}

/** null if the schema does not have this setting. */
export function settingDocumentation(path: readonly string[]): SettingDocumentation | null {
  const [key, ...below] = path.filter((step) => !/^\d+$/.test(step));
  if (key === undefined || !isSettingKey(key)) return null;
  let type: z.core.$ZodType = Settings.shape[key];
  for (const step of below) {
    const shape = shapeOf(type);
    const next = shape?.[step];
    if (!next) return null;
    type = next;
  }
  const keys = Object.keys(shapeOf(type) ?? {});
  if (below.length === 0) return { ...topLevel(key), keys };
  const own = z.globalRegistry.get(type)?.description ?? '';
  const choices = choicesOf(type);
  const name = below.at(-1)!;
  const given = type instanceof z.ZodDefault ? type.parse(undefined) : undefined;
  return {
    key: name,
    markdown: markdownOf(`${key}.${name}`, undefined, own, given, choices),
    choices,
    examples: [],
    keys,
  };
}

function topLevel(key: SettingKey): Omit<SettingDocumentation, 'keys'> {
  const { label, description, examples } = aboutSetting(key);
  const choices = settingChoices(key);
  return { key, markdown: markdownOf(key, label, description, settingDefault(key), choices), choices, examples };
}

function markdownOf(
  name: string,
  label: string | undefined,
  description: string,
  given: unknown,
  choices: readonly string[] | null,
): string {
  const facts = [
    ...(given === undefined || (typeof given === 'object' && Object.keys(given ?? {}).length === 0)
      ? []
      : [`Default: \`${typeof given === 'string' ? given || '""' : JSON.stringify(given)}\``]),
    ...(choices ? [`Values: ${choices.map((choice) => `\`${choice}\``).join(', ')}`] : []),
  ];
  return [`**${name}**${label ? ` (${label})` : ''}`, description, ...facts].filter(Boolean).join('\n\n');
}

/** The keys of a map, or of the maps in a list. */
function shapeOf(type: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | null {
  const inner = innerType(type);
  return inner instanceof z.ZodObject ? inner.shape : null;
}

function choicesOf(type: z.core.$ZodType): readonly string[] | null {
  const inner = innerType(type);
  if (inner instanceof z.ZodEnum) return inner.options.map(String);
  return inner instanceof z.ZodBoolean ? ['true', 'false'] : null;
}

function innerType(type: z.core.$ZodType): z.core.$ZodType {
  let inner = type;
  for (;;) {
    if (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) inner = inner.unwrap();
    else if (inner instanceof z.ZodArray) inner = inner.element;
    else return inner;
  }
}
