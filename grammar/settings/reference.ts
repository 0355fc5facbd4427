import { z } from 'zod';
import { SETTING_GROUPS } from './about.ts';
import { settingChoices, settingDefault } from './resolve.ts';
import { aboutSetting, SETTING_KEYS, type SettingKey, Settings } from './schema.ts';

/** The reference page of all settings, in Markdown. */
export function settingsReference(): string {
  const groups = SETTING_GROUPS.map((group) => {
    const keys = SETTING_KEYS.filter((key) => aboutSetting(key).group === group);
    return [`## ${group}`, ...keys.map((key) => `### \`${key}\`\n\n${settingMarkdown(key)}`)].join('\n\n');
  });
  return [
    '# Settings',
    'Settings stand between two lines `---` at the top of a `.travel` file, one `key: value` a line. This page is made from ' +
      'the same schema that checks, completes and explains them in the editor.',
    ...groups,
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

/** What there is to say about one setting, in Markdown: for hover and for the reference page. */
export function settingMarkdown(key: SettingKey): string {
  const { label, description, examples } = aboutSetting(key);
  const facts = [
    valueSentence(key),
    defaultSentence(key),
    examples.length > 0
      ? `Example${examples.length > 1 ? 's' : ''}: ${examples.map((text) => `\`${key}: ${text}\``).join(', ')}.`
      : null,
    label ? `In A1111’s AnimateDiff panel: *${label}*.` : null,
  ];
  const parts = partsOf(Settings.shape[key]).map(([name, text]) => `- \`${name}\`: ${text}`);
  return [
    description,
    ...(parts.length > 0 ? [parts.join('\n')] : []),
    facts.filter((fact) => fact !== null).join('  \n'),
  ].join('\n\n');
}

function valueSentence(key: SettingKey): string {
  const choices = settingChoices(key);
  const schema = jsonSchema(Settings.shape[key]);
  if (choices) {
    const list = choices.map((choice) => `\`${choice}\``).join(', ');
    return schema.type === 'array' ? `A list of ${list}.` : `One of ${list}.`;
  }
  const own = schema.anyOf?.[0] ?? schema;
  const travels = schema.anyOf ? ', or a map of positions and numbers' : '';
  switch (own.type) {
    case 'integer':
      return `A whole number${limits(own)}${travels}.`;
    case 'number':
      return `A number${limits(own)}${travels}.`;
    case 'string':
      return 'A text.';
    case 'array':
      return 'A list of maps.';
    default:
      return 'A map.';
  }
}

function defaultSentence(key: SettingKey): string | null {
  const value = settingDefault(key);
  if (value === undefined) return null;
  const isEmpty = value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  if (isEmpty) return 'Default: none.';
  return `Default: \`${Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}\`.`;
}

/** As much of JSON Schema as is read here. */
const JsonNumber = z.looseObject({
  type: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  description: z.string().optional(),
});
const JsonSchema = z.looseObject({
  ...JsonNumber.shape,
  anyOf: z.array(JsonNumber).optional(),
  properties: z.record(z.string(), JsonNumber).optional(),
  items: z.looseObject({ properties: z.record(z.string(), JsonNumber).optional() }).optional(),
});

function jsonSchema(type: z.core.$ZodType): z.output<typeof JsonSchema> {
  return JsonSchema.parse(z.toJSONSchema(type, { io: 'input' }));
}

/** A number no larger than this is a limit that somebody set, not the largest one that doubles hold exactly. */
const REAL_LIMIT = 2 ** 40;

function limits({ minimum, maximum, exclusiveMinimum }: z.output<typeof JsonNumber>): string {
  const highest = maximum === undefined || maximum > REAL_LIMIT ? null : maximum;
  if (exclusiveMinimum !== undefined)
    return ` above ${exclusiveMinimum}${highest === null ? '' : `, at most ${highest}`}`;
  if (minimum === undefined || minimum < -REAL_LIMIT) return highest === null ? '' : `, at most ${highest}`;
  return ` from ${minimum}${highest === null ? '' : ` to ${highest}`}`;
}

/** The keys inside a setting that is a map, or a list of maps, and what each is. */
function partsOf(type: z.core.$ZodType): [string, string][] {
  const { properties, items } = jsonSchema(type);
  const entries = Object.entries(properties ?? items?.properties ?? {});
  return entries.map(([name, { description }]) => [name, description ?? '']);
}
