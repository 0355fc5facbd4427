import { z } from 'zod';

export const SETTING_GROUPS = [
  'Models',
  'Clip',
  'Context',
  'Picture',
  'Prompts',
  'Output',
  'Video and pictures',
  'Motion',
  'Machine',
  'File',
] as const;
export type SettingGroup = (typeof SETTING_GROUPS)[number];

interface About {
  readonly group: SettingGroup;
  /** The field's label in A1111's AnimateDiff panel, where it has one. */
  readonly label?: string;
  /** Markdown. */
  readonly description: string;
  /** Values as they are written in a file. */
  readonly examples?: readonly string[];
}

/** What a setting says of itself, as zod's metadata. */
export const about = (value: About): About & Record<string, unknown> => ({ ...value });

/** The same, read back from a schema. */
export const AboutSchema = z.looseObject({
  group: z.enum(SETTING_GROUPS),
  label: z.string().optional(),
  description: z.string(),
  examples: z.array(z.string()).default([]),
});
