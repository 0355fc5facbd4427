/** Complex values, in two lists of equal length. */
export interface Complex {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/**
 * The discrete Fourier transform over all axes, or its inverse, of any sizes.
 *
 * @param dims of the values, flat
 */
export function fourier(values: Complex, dims: readonly number[], direction: 'forward' | 'inverse'): Complex {
  const count = values.real.length;
  const out = { real: values.real.slice(), imaginary: values.imaginary.slice() };
  let stride = count;
  for (const size of dims) {
    stride /= size;
    const line = complex(size);
    for (let block = 0; block < count; block += size * stride) {
      for (let first = block; first < block + stride; first++) {
        for (let i = 0; i < size; i++) {
          line.real[i] = out.real[first + i * stride]!;
          line.imaginary[i] = out.imaginary[first + i * stride]!;
        }
        const { real, imaginary } = transformed(line, direction === 'forward' ? -1 : 1);
        const scale = direction === 'forward' ? 1 : 1 / size;
        for (let i = 0; i < size; i++) {
          out.real[first + i * stride] = real[i]! * scale;
          out.imaginary[first + i * stride] = imaginary[i]! * scale;
        }
      }
    }
  }
  return out;
}

const complex = (size: number): Complex => ({ real: new Float64Array(size), imaginary: new Float64Array(size) });

/** Of one line: transforms of every pᵗʰ value, combined, where p is the smallest factor of the length (Cooley and Tukey). */
function transformed(line: Complex, sign: 1 | -1): Complex {
  const size = line.real.length;
  const count = smallestFactor(size);
  if (size <= SHORT || count === size) return byDefinition(line, sign);
  const length = size / count;
  const parts = Array.from({ length: count }, (_, part) => {
    const every = complex(length);
    for (let i = 0; i < length; i++) {
      every.real[i] = line.real[i * count + part]!;
      every.imaginary[i] = line.imaginary[i * count + part]!;
    }
    return transformed(every, sign);
  });
  const out = complex(size);
  const roots = rootsOf(size);
  for (let part = 0; part < count; part++) {
    const { real, imaginary } = parts[part]!;
    for (let frequency = 0; frequency < size; frequency++) {
      const power = (frequency * part) % size;
      const [cos, sin] = [roots.real[power]!, sign * roots.imaginary[power]!];
      const at = frequency % length;
      out.real[frequency]! += cos * real[at]! - sin * imaginary[at]!;
      out.imaginary[frequency]! += cos * imaginary[at]! + sin * real[at]!;
    }
  }
  return out;
}

/** Up to this length, the parts would take longer than the definition. */
const SHORT = 64;

function byDefinition({ real, imaginary }: Complex, sign: 1 | -1): Complex {
  const size = real.length;
  const out = complex(size);
  const roots = rootsOf(size);
  for (let frequency = 0; frequency < size; frequency++) {
    let [a, b] = [0, 0];
    for (let i = 0; i < size; i++) {
      const power = (frequency * i) % size;
      const [cos, sin] = [roots.real[power]!, sign * roots.imaginary[power]!];
      a += cos * real[i]! - sin * imaginary[i]!;
      b += cos * imaginary[i]! + sin * real[i]!;
    }
    out.real[frequency] = a;
    out.imaginary[frequency] = b;
  }
  return out;
}

const ROOTS = new Map<number, Complex>();

/** The roots of unity of an order: they are needed for each line. */
function rootsOf(size: number): Complex {
  const known = ROOTS.get(size);
  if (known) return known;
  const roots = complex(size);
  for (let power = 0; power < size; power++) {
    roots.real[power] = Math.cos((2 * Math.PI * power) / size);
    roots.imaginary[power] = Math.sin((2 * Math.PI * power) / size);
  }
  ROOTS.set(size, roots);
  return roots;
}

function smallestFactor(size: number): number {
  for (let factor = 2; factor * factor <= size; factor++) {
    if (size % factor === 0) return factor;
  }
  return size;
}
