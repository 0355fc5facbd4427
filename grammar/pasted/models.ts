import type { Environment, NamedModelKind } from '../clip/environment.ts';
import { readSettings } from '../settings/read.ts';
import type { Conversion } from './conversion.ts';

const MODELS: Readonly<Record<string, NamedModelKind>> = {
  checkpoint: 'checkpoint',
  text_encoder: 'text-encoder',
  vae: 'vae',
  motion_module: 'motion-module',
};

/** A conversion in which the models that are not found are notes: the clip keeps those that it has. */
export function usableModels(conversion: Conversion, environment: Pick<Environment, 'resolveModel'>): Conversion {
  const missing = conversion.settings.flatMap(([key, yaml]) => {
    const kind = MODELS[key];
    const name = kind && readSettings(`${key}: ${yaml}`, 0).settings[key];
    return kind && typeof name === 'string' && !environment.resolveModel(kind, name) ? [[key, name] as const] : [];
  });
  if (missing.length === 0) return conversion;
  return {
    ...conversion,
    settings: conversion.settings.filter(([key]) => !missing.some(([name]) => name === key)),
    notes: [...missing.map(([key, name]) => `Not found: ${key}: ${name}`), ...conversion.notes],
  };
}
