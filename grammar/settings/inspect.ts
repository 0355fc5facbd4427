import { z } from 'zod';

/** The type of a value that is given: without its default, and whether it may be missing. */
function givenType(type: z.core.$ZodType): z.core.$ZodType {
  let inner = type;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) inner = inner.unwrap();
  return inner;
}

/** The type of an item, for a list. */
function itemType(type: z.core.$ZodType): z.core.$ZodType {
  const given = givenType(type);
  return given instanceof z.ZodArray ? givenType(given.element) : given;
}

/** The kind of value that a setting takes on a command line. */
export type SettingKind = 'text' | 'list' | 'switch' | 'choice' | 'number' | 'map';

export function kindOf(type: z.core.$ZodType): SettingKind {
  const given = givenType(type);
  if (given instanceof z.ZodString) return 'text';
  if (given instanceof z.ZodArray) return 'list';
  if (given instanceof z.ZodBoolean) return 'switch';
  if (given instanceof z.ZodEnum) return 'choice';
  // A value, or a map of it over time.
  if (given instanceof z.ZodUnion) return kindOf(given.options[0]!);
  return given instanceof z.ZodNumber ? 'number' : 'map';
}

/** Whether a setting takes a map of positions instead of one value. */
export const takesMap = (type: z.core.$ZodType): boolean => givenType(type) instanceof z.ZodUnion;

/** The values that a setting, or the items of its list, can have; null if they are not a closed set. */
export function choicesOf(type: z.core.$ZodType): readonly string[] | null {
  const item = itemType(type);
  if (item instanceof z.ZodEnum) return item.options.map(String);
  return item instanceof z.ZodBoolean ? ['true', 'false'] : null;
}

/** The value if a setting is not given; undefined if it has none. */
export function defaultOf(type: z.core.$ZodType): unknown {
  return type instanceof z.ZodDefault ? type.parse(undefined) : undefined;
}

/** The keys of a map, or of the maps in a list, with their types; empty for other types. */
export function partsOf(type: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> {
  const item = itemType(type);
  return item instanceof z.ZodObject ? item.shape : {};
}
