/*
 * numpy's SeedSequence (numpy/random/bit_generator.pyx), after O'Neill's `seed_seq_fe`: words from an entropy and the
 * place in a tree, so that every node of the tree has its own seed.
 */

const [INIT_A, MULT_A] = [0x43b0d7e5, 0x931e8875];
const [INIT_B, MULT_B] = [0x8b51f9dd, 0x58f38ded];
const [MIX_LEFT, MIX_RIGHT] = [0xca01f9dd, 0x4973f715];
const SHIFT = 16;

/**
 * `SeedSequence(entropy, spawn_key=spawnKey, pool_size=poolSize).generate_state(count)`.
 *
 * @param entropy an integer from 0 @param spawnKey integers from 0; empty for the root
 * @returns unsigned 32-bit words
 */
export function seedWords(entropy: number, spawnKey: readonly number[], poolSize: number, count: number): Uint32Array {
  const own = wordsOf(entropy);
  // Shorter entropy is filled up, so that it does not look like a part of the spawn key.
  while (spawnKey.length > 0 && own.length < poolSize) own.push(0);
  const assembled = [...own, ...spawnKey.flatMap(wordsOf)];

  let constant = INIT_A;
  const hash = (word: number): number => {
    let value = word ^ constant;
    constant = Math.imul(constant, MULT_A);
    value = Math.imul(value, constant);
    return (value ^ (value >>> SHIFT)) >>> 0;
  };
  const pool = new Uint32Array(poolSize);
  for (let i = 0; i < poolSize; i++) pool[i] = hash(assembled[i] ?? 0);
  for (let source = 0; source < poolSize; source++) {
    for (let target = 0; target < poolSize; target++) {
      if (source !== target) pool[target] = mixed(pool[target]!, hash(pool[source]!));
    }
  }
  for (const word of assembled.slice(poolSize)) {
    for (let target = 0; target < poolSize; target++) pool[target] = mixed(pool[target]!, hash(word));
  }

  let outConstant = INIT_B;
  return Uint32Array.from({ length: count }, (_, i) => {
    let value = pool[i % poolSize]! ^ outConstant;
    outConstant = Math.imul(outConstant, MULT_B);
    value = Math.imul(value, outConstant);
    return value ^ (value >>> SHIFT);
  });
}

function mixed(left: number, right: number): number {
  const value = (Math.imul(left, MIX_LEFT) - Math.imul(right, MIX_RIGHT)) | 0;
  return (value ^ (value >>> SHIFT)) >>> 0;
}

/** 32-bit words of an integer, the lowest first; 0 is one word. */
function wordsOf(value: number): number[] {
  const words: number[] = [];
  for (let rest = value; rest > 0 || words.length === 0; rest = Math.floor(rest / 2 ** 32)) words.push(rest % 2 ** 32);
  return words;
}
