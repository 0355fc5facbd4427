import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matcher } from '../../../grammar/wildcards/file.ts';
import { seededRandom } from '../../../grammar/wildcards/random.ts';
import { WildcardRoller } from '../../../grammar/wildcards/roll.ts';

const FILES: Readonly<Record<string, readonly string[]>> = {
  colour: ['red', '', '# a comment', '  blue  '],
  'hair/style': ['{long|short} __colour__ hair'],
  empty: ['', '# nothing'],
  one: ['see __two__'],
  two: ['back to __one__'],
  many: ['__many2__ __many2__ __many2__ __many2__'],
  many2: ['__many3__ __many3__ __many3__ __many3__'],
  many3: ['__many4__ __many4__ __many4__ __many4__'],
  many4: ['__colours__ __colours__ __colours__ __colours__'.repeat(500)],
  colours: ['red'],
  weighted: ['3::a', '1::b', '0::c'],
  half: ['.5::a', ' 0.5:: b '],
  none: ['0::a', '0::b'],
  'pets/all': ['__pets/*__'],
  'pets/dogs': ['poodle'],
  'pets/cats': ['siamese'],
};

/** Written so that no string here looks like a template. */
const DOLLAR = '$';

const filesOf = (name: string) => {
  const names = name.includes('*') ? Object.keys(FILES).filter(matcher(name)) : name in FILES ? [name] : [];
  return names.map((found) => ({ name: found, lines: FILES[found]! }));
};
const roller = (seed = 1) => new WildcardRoller(seed, filesOf);
const roll = (text: string, seed = 1) => roller(seed).roll(text);

/** The results of 200 seeds. */
const outcomes = (text: string) => new Set(Array.from({ length: 200 }, (_, seed) => roll(text, seed).text));

describe('WildcardRoller', () => {
  it.each([
    ['a {b} c', ['a {b} c']],
    ['{}', ['{}']],
    [`${DOLLAR}{hero}`, [`${DOLLAR}{hero}`]],
    [`${DOLLAR}{a|b}`, [`${DOLLAR}{a|b}`]],
    ['{a|b}', ['a', 'b']],
    ['x {a|b|c} y', ['x a y', 'x b y', 'x c y']],
    ['{a|}', ['a', '']],
    ['{a|{b|c}}', ['a', 'b', 'c']],
    ['{{a|b}}', ['{a}', '{b}']],
    ['{[a|b]|c}', ['[a|b]', 'c']],
    ['[a|{b|c}]', ['[a|b]', '[a|c]']],
    ['{a [b|c}', ['a [b', 'c']],
    ['{a]|b}', ['a]', 'b']],
    ['{1::a|0::b}', ['a']],
    ['{0::a|0::b}', ['a', 'b']],
    ['{a|b', ['{a|b']],
    ['a|b}', ['a|b}']],
    ['\\{a|b\\}', ['\\{a|b\\}']],
    ['__colour__', ['red', 'blue']],
    ['__hair/style__', ['long red hair', 'long blue hair', 'short red hair', 'short blue hair']],
    ['{a|__colour__}', ['a', 'red', 'blue']],
    ['snake__case', ['snake__case']],
    ['____', ['____']],
    ['<lora:my__colour__v2:0.8>', ['<lora:my__colour__v2:0.8>']],
    ['<lora:a__b:1> __colour__', ['<lora:a__b:1> red', '<lora:a__b:1> blue']],
    ['{2$$a|b}', ['a, b', 'b, a']],
    ['{2$$ and $$a|b}', ['a and b', 'b and a']],
    ['{1-2$$+$$a|b}', ['a', 'b', 'a+b', 'b+a']],
    ['{-1$$a|b}', ['', 'a', 'b']],
    ['{2-$$a|b}', ['a, b', 'b, a']],
    ['{9$$a|b}', ['a, b', 'b, a']],
    ['{2$$1::a|0::b}', ['a, b']],
    ['{2$$__colour__}', ['red, red', 'red, blue', 'blue, red', 'blue, blue']],
    ['__ a __', ['__ a __']],
    ['__weighted__', ['a', 'b']],
    ['__half__', ['a', 'b']],
    ['__none__', ['a', 'b']],
    ['__pets/all__', ['poodle', 'siamese']],
    ['__pets/*__', ['poodle', 'siamese']],
    ['{2::__weighted__|x}', ['a', 'b', 'x']],
    ['a __nowhere__ b', ['a __nowhere__ b']],
    ['__empty__', ['__empty__']],
  ])('rolls %j to one of %j', (text, expected) => {
    expect(outcomes(text)).toEqual(new Set(expected));
  });

  it('chooses by weight', () => {
    const chosen = Array.from({ length: 3000 }, (_, seed) => roller(seed).roll('{3::a|b}').text);
    const heavy = chosen.filter((text) => text === 'a');
    expect(heavy.length / 3000).toBeCloseTo(0.75, 1);
  });

  it('chooses lines of a file by weight', () => {
    const chosen = Array.from({ length: 3000 }, (_, seed) => roller(seed).roll('__weighted__').text);
    expect(chosen.filter((text) => text === 'a').length / 3000).toBeCloseTo(0.75, 1);
  });

  it('lists what was rolled in order of appearance', () => {
    const random = roller();
    random.roll('{x|x}');
    random.roll('__hair/style__, {y|y}');
    const [first, hair, length, colour, last] = random.rolled;
    expect(first).toEqual({ written: '{x|x}', chosen: 'x' });
    expect(length?.written).toBe('{long|short}');
    expect(colour?.written).toBe('__colour__');
    expect(hair).toEqual({ written: '__hair/style__', chosen: `${length?.chosen} ${colour?.chosen} hair` });
    expect([hair, length, colour].map((each) => each?.nested)).toEqual([undefined, true, true]);
    expect(last).toEqual({ written: '{y|y}', chosen: 'y' });
    expect(random.rolled).toHaveLength(5);
  });

  it.each([[`${'{1::'.repeat(40)}a${'|0::b}'.repeat(40)}`, { kind: 'wildcard-too-deep' }]])(
    'reports %j',
    (text, problem) => {
      expect(roll(text).issues).toEqual([expect.objectContaining(problem)]);
    },
  );

  it('keeps what it cannot roll as written', () => {
    expect(roll('a __nowhere__ b').text).toBe('a __nowhere__ b');
    expect(roll('x __one__').text).toBe('x see back to __one__');
  });

  it('limits files that expand each other', () => {
    const { text, issues } = roll('__many__');
    expect(issues).toEqual([expect.objectContaining({ kind: 'wildcard-too-long' })]);
    expect(text.length).toBeLessThan(1_000_000);
  });

  it.each([
    ['open braces', '{'.repeat(100_000)],
    ['nested choices', `${'{a|'.repeat(50_000)}b${'}'.repeat(50_000)}`],
    ['underscores', '_'.repeat(200_000)],
    ['half wildcards', '__a'.repeat(50_000)],
    ['choices', '{a|b} '.repeat(50_000)],
  ])('handles very many %s', (_, text) => {
    expect(roll(text).text.length).toBeLessThanOrEqual(text.length);
  });

  it('gives the same for the same seed, and returns text without choices and wildcards unchanged', () => {
    const text = fc.string({ unit: fc.constantFrom('{', '}', '|', '[', ']', '_', '__', 'a', '1::', '\\', '$', ' ') });
    fc.assert(
      fc.property(text, fc.nat(), (written, seed) => {
        expect(roll(written, seed)).toEqual(roll(written, seed));
        const plain = written.replaceAll(/[{_]/g, '.');
        expect(roll(plain, seed)).toEqual({ text: plain, issues: [], fixed: [] });
      }),
    );
  });
});

describe('fixed choices', () => {
  const outermost = (random: WildcardRoller) => random.rolled.filter(({ nested }) => !nested);

  it('are chosen again in order of appearance, with another seed and without the files', () => {
    const random = roller(1);
    const texts = ['{a|__colour__}, __colour__, __colour__', '__hair/style__ {x|y} __colour__', '{2$$__colour__}'];
    const chosen = texts.map((text) => random.roll(text).text);
    const again = new WildcardRoller(2, () => [], outermost(random));
    const replayed = texts.map((text) => again.roll(text));
    expect(replayed.map(({ text }) => text)).toEqual(chosen);
    expect(replayed[1]!.fixed).toEqual([
      { start: 0, end: 14 },
      { start: 15, end: 20 },
      { start: 21, end: 31 },
    ]);
    expect(again.rolled).toEqual(outermost(random));
  });

  it('are of no use for what is written in another way, which is rolled', () => {
    const fixed = [
      { written: '{a|b}', chosen: 'b' },
      { written: '__gone__', chosen: 'x' },
    ];
    const random = new WildcardRoller(1, filesOf, fixed);
    expect(random.roll('{a|b} {a}').text).toBe('b {a}');
    expect(['red', 'blue']).toContain(random.roll('__colour__').text);
    // The choice was for the first one.
    expect(random.roll('{a|b}')).toEqual({ ...roller(1).roll('{a|b}'), fixed: [] });
  });

  it('count as text that was read', () => {
    const fixed = [
      { written: '{a|b}', chosen: 'x'.repeat(300_000) },
      { written: '{c|d}', chosen: 'd' },
    ];
    const random = new WildcardRoller(1, filesOf, fixed);
    random.roll('{a|b}');
    expect(random.roll('{c|d}')).toMatchObject({ text: '{c|d}', issues: [{ kind: 'wildcard-too-long' }] });
  });

  it('give the same text for any text', () => {
    const text = fc.string({
      unit: fc.constantFrom('{', '}', '|', '[', ']', '__colour__', '__hair/style__', 'a', '2$$', '\\', ' '),
    });
    fc.assert(
      fc.property(fc.array(text), fc.nat(), fc.nat(), (texts, seed, other) => {
        const random = roller(seed);
        const rolled = texts.map((each) => random.roll(each).text);
        const again = new WildcardRoller(other, () => [], outermost(random));
        expect(texts.map((each) => again.roll(each).text)).toEqual(rolled);
      }),
    );
  });
});

it('draws mulberry32’s numbers', () => {
  const random = seededRandom(0);
  expect([random(), random()]).toEqual([0.26642920868471265, 0.0003297457005828619]);
  expect(seededRandom(2 ** 32 + 5)()).toBe(seededRandom(5)());
});
