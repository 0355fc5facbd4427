import { z } from 'zod';
import { type PartAbout, SETTING_GROUPS, type SettingAbout } from './about.ts';
import { choicesOf, defaultOf, partsOf } from './inspect.ts';
import { aboutSetting, SETTING_KEYS, type SettingKey, Settings, settingAt } from './schema.ts';

/** The reference page of all settings, in Markdown. */
export function settingsReference(): string {
  const groups = SETTING_GROUPS.map((group) => {
    const keys = SETTING_KEYS.filter((key) => aboutSetting(key).group === group);
    return [`## ${group}`, ...keys.map((key) => `### \`${key}\`\n\n${settingMarkdown(key)}`)].join('\n\n');
  });
  return [
    '# Settings',
    'Settings are written between two lines `---` at the top of a `.travel` file, one `key: value` per line. This page is ' +
      'generated from the schema that also validates, completes, and describes them in the editor.',
    ...groups,
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

/** The description of one setting in Markdown, for the reference page. */
export function settingMarkdown(key: SettingKey): string {
  const about = aboutSetting(key);
  const { label, description, examples = [] } = about;
  const facts = [
    availabilitySentence(about),
    valueSentence(key),
    defaultSentence(key),
    examples.length > 0
      ? `Example${examples.length > 1 ? 's' : ''}: ${examples.map((text) => `\`${key}: ${text}\``).join(', ')}.`
      : null,
    label ? `In A1111’s AnimateDiff panel: *${label}*.` : null,
  ];
  const parts = Object.entries(partsOf(Settings.shape[key])).map(([name, type]) => {
    const about = settingAt([key, name])?.about;
    const facts = about && [about.description, unnamedChoices(about, choicesOf(type))];
    return `- \`${name}\`: ${facts?.filter((fact) => fact !== null).join(' ')}`;
  });
  return [
    description,
    ...(parts.length > 0 ? [parts.join('\n')] : []),
    facts.filter((fact) => fact !== null).join('  \n'),
  ].join('\n\n');
}

/** All values of a part, if its description does not name each of them. */
function unnamedChoices(about: PartAbout | SettingAbout, choices: readonly string[] | null): string | null {
  if (!choices || choices.every((choice) => about.description.includes(`\`${choice}\``))) return null;
  const list = `One of ${choices.map((choice) => `\`${choice}\``).join(', ')}.`;
  return [list, availabilitySentence(about)].filter((fact) => fact !== null).join(' ');
}

/** What is not available yet; null if everything is. */
export function availabilitySentence({ use }: SettingAbout | PartAbout): string | null {
  switch (use.kind) {
    case 'used':
    case 'inherited':
      return null;
    case 'partly-available':
      return `Available now: ${use.available.map((value) => `\`${value}\``).join(', ')}.`;
  }
}

function valueSentence(key: SettingKey): string {
  const choices = choicesOf(Settings.shape[key]);
  const schema = jsonSchema(Settings.shape[key]);
  if (choices) {
    const list = choices.map((choice) => `\`${choice}\``).join(', ');
    return schema.type === 'array' ? `A list of ${list}.` : `One of ${list}.`;
  }
  const own = schema.anyOf?.[0] ?? schema;
  const travels = schema.anyOf ? ', or a map of positions and numbers' : '';
  switch (own.type) {
    case 'integer':
      return `An integer${limits(own)}${travels}.`;
    case 'number':
      return `A number${limits(own)}${travels}.`;
    case 'string':
      return 'Text.';
    case 'array':
      return 'A list of maps.';
    default:
      return 'A map.';
  }
}

function defaultSentence(key: SettingKey): string | null {
  const value = defaultOf(Settings.shape[key]);
  if (value === undefined) return null;
  const isEmpty = value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  if (isEmpty) return 'Default: none.';
  return `Default: \`${Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}\`.`;
}

/** The part of JSON Schema that is used here. */
const JsonNumber = z.looseObject({
  type: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
});
const JsonSchema = z.looseObject({ ...JsonNumber.shape, anyOf: z.array(JsonNumber).optional() });

function jsonSchema(type: z.core.$ZodType): z.output<typeof JsonSchema> {
  return JsonSchema.parse(z.toJSONSchema(type, { io: 'input' }));
}

/** Larger limits are those of exact integers in doubles, not of the setting. */
const REAL_LIMIT = 2 ** 40;

function limits({ minimum, maximum, exclusiveMinimum }: z.output<typeof JsonNumber>): string {
  const highest = maximum === undefined || maximum > REAL_LIMIT ? null : maximum;
  if (exclusiveMinimum !== undefined)
    return ` above ${exclusiveMinimum}${highest === null ? '' : `, at most ${highest}`}`;
  if (minimum === undefined || minimum < -REAL_LIMIT) return highest === null ? '' : `, at most ${highest}`;
  return ` from ${minimum}${highest === null ? '' : ` to ${highest}`}`;
}
