import type { LockedModel, TravelLock } from './lock.ts';

/** Of one kind, such as rolled texts, that a message lists. */
const MOST_LISTED = 3;
const LONGEST_QUOTE = 60;

const KINDS: Readonly<Record<LockedModel['kind'], string>> = {
  checkpoint: 'checkpoint',
  'text-encoder': 'text encoder',
  vae: 'VAE',
  'motion-module': 'motion module',
  'motion-lora': 'motion LoRA',
  lora: 'LoRA',
  embedding: 'embedding',
  controlnet: 'ControlNet',
  network: 'network of a preprocessor',
  film: 'FILM model',
  image: 'image',
  mask: 'mask',
};

/**
 * What makes a clip differ from the one that was locked, in whole sentences; none if it is the same. A model with
 * another name and the same contents is the same model.
 *
 * @param locked the lock beside the file
 * @param now what its lock would be
 */
export function lockDifferences(locked: TravelLock, now: TravelLock): string[] {
  const seed = locked.seed === now.seed ? [] : [`The seed is ${now.seed}; locked: ${locked.seed}.`];
  // With another seed, others are rolled, and the prompts are others, too.
  const rolled = seed.length > 0 ? [] : rolledDifferences(locked, now);
  const samePicks = rolled.length === 0 && (seed.length === 0 || now.rolled.length + locked.rolled.length === 0);
  return [
    ...modelDifferences(locked.models, now.models),
    ...seed,
    ...listed(rolled, 'other choices differ'),
    ...settingDifferences(locked, now),
    ...hashDifferences(locked, now, samePicks),
    ...versionDifferences(locked, now),
  ];
}

function modelDifferences(locked: readonly LockedModel[], now: readonly LockedModel[]): string[] {
  const kinds = Object.keys(KINDS) as LockedModel['kind'][];
  return kinds.flatMap((kind) => {
    const before = locked.filter((model) => model.kind === kind);
    const after: LockedModel[] = [];
    for (const model of now.filter((each) => each.kind === kind)) {
      const same = before.findIndex(({ sha256 }) => sha256 === model.sha256);
      if (same >= 0) before.splice(same, 1);
      else after.push(model);
    }
    return changedModels(KINDS[kind], before, after);
  });
}

/** @param before the locked ones without an equal now; `after` the ones now without an equal locked one */
function changedModels(kind: string, before: LockedModel[], after: LockedModel[]): string[] {
  const sentences: string[] = [];
  for (const model of [...after]) {
    const locked = before.find(({ name }) => name === model.name);
    if (!locked) continue;
    before.splice(before.indexOf(locked), 1);
    after.splice(after.indexOf(model), 1);
    const what =
      model.size === locked.size
        ? `its SHA-256 starts with ${short(model)}; locked: ${short(locked)}`
        : `${bytes(model)}, SHA-256 ${short(model)}…; locked: ${bytes(locked)}, SHA-256 ${short(locked)}…`;
    sentences.push(`The ${kind} ${quote(model.name)} is another file: ${what}.`);
  }
  const [lost, found] = [before, after];
  if (lost.length === 1 && found.length === 1) {
    return [...sentences, `The ${kind} is ${nameOf(found[0]!)}; locked: ${nameOf(lost[0]!)}.`];
  }
  return [
    ...sentences,
    ...lost.map((model) => `The ${kind} ${nameOf(model)} is locked, but not used.`),
    ...found.map((model) => `The ${kind} ${nameOf(model)} is used, but not locked.`),
  ];
}

const short = ({ sha256 }: LockedModel) => sha256.slice(0, 10);
const bytes = ({ size }: LockedModel) => `${size.toLocaleString('en-US')} bytes`;
const nameOf = (model: LockedModel) => `${quote(model.name)} (SHA-256 ${short(model)}…)`;

function rolledDifferences(locked: TravelLock, now: TravelLock): string[] {
  const sameWritten =
    locked.rolled.length === now.rolled.length &&
    locked.rolled.every(({ written }, i) => written === now.rolled[i]!.written);
  if (!sameWritten) return ['The wildcards and choices in the text are not the locked ones.'];
  const changed = now.rolled.flatMap(({ written, chosen }, i) => {
    const before = locked.rolled[i]!.chosen;
    return before === chosen ? [] : [`${quote(written)} gave ${quote(chosen)}; locked: ${quote(before)}.`];
  });
  return [...new Set(changed)];
}

function settingDifferences(locked: TravelLock, now: TravelLock): string[] {
  const names = [...new Set([...Object.keys(now.settings), ...Object.keys(locked.settings)])];
  return names.flatMap((name) => {
    const [before, after] = [locked.settings[name] ?? 'not set', now.settings[name] ?? 'not set'];
    return before === after ? [] : [`${quote(name)} is ${quote(`${after}`)}; locked: ${quote(`${before}`)}.`];
  });
}

/** Prompts are compared only if the same was rolled. */
function hashDifferences(locked: TravelLock, now: TravelLock, samePicks: boolean): string[] {
  if (locked.versions.plan !== now.versions.plan) {
    return [
      `The prompts cannot be compared with those that Prompt Travel ${quote(locked.versions.promptTravel)} locked.`,
    ];
  }
  // They are named already, and are part of the hashes.
  const isSame = (name: string) => locked.settings[name] === now.settings[name];
  const sameLength = isSame('frames');
  return [
    ...(samePicks && sameLength && locked.prompts !== now.prompts
      ? ['The prompts, or the frames that they are at, are not the locked ones.']
      : []),
    ...(sameLength && isSame('steps') && isSame('sampler') && locked.values !== now.values
      ? ['Settings such as cfg_scale, the context windows or the order of frames are not the locked ones.']
      : []),
  ];
}

function versionDifferences({ versions: locked }: TravelLock, { versions: now }: TravelLock): string[] {
  return [
    ...(locked.engine === now.engine
      ? []
      : [
          `Prompt Travel ${now.promptTravel} computes other pixels than ${quote(locked.promptTravel)}, which locked it.`,
        ]),
    ...(locked.onnxRuntime === now.onnxRuntime
      ? []
      : [`ONNX Runtime is ${now.onnxRuntime}; locked: ${quote(locked.onnxRuntime)}. Pixels may differ slightly.`]),
  ];
}

function listed(sentences: readonly string[], others: string): string[] {
  const more = sentences.length - MOST_LISTED;
  return [...sentences.slice(0, MOST_LISTED), ...(more > 0 ? [`${more} ${others}, too.`] : [])];
}

/** A part of a lock in a message: anyone may have written it. */
function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return `“${line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line}”`;
}
