import { z } from 'zod';

/** One run of one operator, as ONNX Runtime's profile describes it. */
export interface Operator {
  readonly name: string;
  /** Such as `Conv`. */
  readonly type: string;
  readonly seconds: number;
  readonly inputs: readonly (readonly number[])[];
  readonly output: readonly number[];
}

/** By element type: `[{ "float": [2, 320, 64, 64] }]`. */
const Shapes = z.array(z.record(z.string(), z.array(z.number())));
const Event = z.object({
  cat: z.literal('Node'),
  name: z.string().endsWith('_kernel_time'),
  /** Microseconds. */
  dur: z.number(),
  args: z.object({ op_name: z.string(), input_type_shape: Shapes, output_type_shape: Shapes }),
});

/** @returns null: the event is something else, or a block, whose operators have events of their own */
export function readOperator(event: unknown): Operator | null {
  const read = Event.safeParse(event);
  if (!read.success) return null;
  const { name, dur, args } = read.data;
  if (args.op_name === 'If') return null;
  const dims = (shapes: z.infer<typeof Shapes>) => shapes.map((shape) => Object.values(shape)[0] ?? []);
  return {
    name,
    type: args.op_name,
    seconds: dur / 1e6,
    inputs: dims(args.input_type_shape),
    output: dims(args.output_type_shape)[0] ?? [],
  };
}

/** Values of a tile of Winograd's algorithm. */
const WINOGRAD = 36;
/** Tokens of a prompt. */
const PROMPT = 77;
/** The most frames of a window: self-attention over fewer tokens is over time. */
const FRAMES = 32;

const product = (dims: readonly number[]) => dims.reduce((size, dim) => size * dim, 1);

/** What an operator is for, and its floating-point operations if they are products: two for each multiplication. */
export function kindOf({ type, inputs, output }: Operator): { readonly kind: string; readonly work: number } {
  const [first = [], second = []] = inputs;
  switch (type) {
    case 'Conv': {
      const [filters = 1, channels = 1, kernel = 1] = second;
      const work = 2 * product(output) * product(second.slice(1));
      if (filters === WINOGRAD && channels === 1) return { kind: 'Winograd: tiles', work };
      return { kind: kernel === 1 ? '1×1 convolution' : '3×3 convolution', work };
    }
    case 'MatMul': {
      const work = 2 * product(output) * first.at(-1)!;
      if (first.at(-1) === 9) return { kind: 'Winograd: weights', work };
      if (first.length === 3 && first[0] === WINOGRAD) return { kind: 'Winograd: products', work };
      if (first.at(-1) === WINOGRAD) return { kind: 'Winograd: results', work };
      return { kind: 'attention, written out', work };
    }
    case 'Gemm': {
      const depth = first.at(-1)!;
      const [rows, columns] = output as [number, number];
      const feedForward = columns === 8 * depth || depth === 4 * columns || rows === 8 * depth;
      return { kind: feedForward ? 'feed-forward, linear' : 'linear', work: 2 * product(output) * depth };
    }
    case 'MultiHeadAttention': {
      const [batch = 1, tokens = 1, channels = 1] = first;
      const keys = second[1]!;
      const self = tokens <= FRAMES ? 'attention over time' : 'attention over pixels';
      return {
        kind: keys % PROMPT === 0 && tokens !== keys ? 'attention to the prompt' : self,
        work: 4 * batch * tokens * keys * channels,
      };
    }
    case 'InstanceNormalization':
    case 'LayerNormalization':
      return { kind: type, work: 0 };
    case 'Gelu':
      return { kind: 'Gelu', work: 0 };
    case 'QuickGelu':
      return { kind: 'SiLU', work: 0 };
    default:
      return { kind: type, work: 0 };
  }
}
