import fc from 'fast-check';

/** Prompts that work in A1111 as they are written, each with something that resembles the syntax of another tool. */
export const TRICKY_PROMPTS: readonly string[] = [
  // Emoticons and tags of Danbooru.
  '1girl, solo, :3, looking at viewer',
  'smile, ^_^, closed eyes',
  'evil grin, >:), fangs',
  'wink, ;), one eye closed',
  'smile, :), happy',
  '1girl, :d, :o, :p, ;d, xd, =_=, -_-, o_o, 0_0, u_u, @_@, +_+, >_<, >_o, |_|, ||_||',
  'blush, o///o, ///, >///<',
  'kaomoji, \\(^o^\\)/, \\o/, \\m/, orz, t_t, uwu, ^^^, !!, !?, ?, ..., +++',
  'fate/stay night, saber \\(fate\\), k-on!, re:zero, .hack//, steins;gate, 86 -eightysix-',
  'artoria pendragon \\(lancer\\) \\(fate\\), d.va \\(overwatch\\), 2b \\(nier:automata\\)',
  'hatsune miku (vocaloid), idolm@ster, love live!, yu-gi-oh!, girls\' frontline, ">_<"',
  "rabbit house, gochuumon wa usagi desu ka?, jojo's bizarre adventure, nier: automata",
  'tagme, score_9, score_8_up, rating_safe, source_anime, year 2023, @artist, by_someone',
  '1girl, 2boys, 3d, 4koma, 6+girls, 18+, 4k, 8k uhd, 16k, f/1.8, 1/200s, iso 100, 35mm, 24-70mm',
  // Numbers, ratios, times.
  'golden hour at 12:30, 16:9 aspect ratio, 3:2, 2:1 scale',
  'a clock that shows 10:08, train no. 7, route 66, 3-2-1, 50% gray, 1.5m tall',
  'half-life 2, portal 2, 80s style, 1990s (style), the year 1984, 20-year-old woman',
  '100mm macro, 1:1 scale model, f1.4, 3 - 5 people, 5..6, 7~8, 90° angle, −5 °C',
  // Names with unusual characters.
  'AT&T logo, R&B singer, salt & pepper, d&d, Q&A; black&white',
  'c++ code on a screen, g++, notepad++, a++ grade, c# sharp, f# minor, .net, node.js',
  'https://example.com/a_b?c=d&e=f, www.artstation.com, artstation.com/artwork/abc',
  'user@example.com, @username, no. 1 fan',
  'ac/dc, n/a, w/ hat, and/or, his/her, 9/11, black/white, a//b',
  'a*b, five stars *****, * sparkles *, f**k',
  "text that reads \"hello world\", sign saying \"stop!\", 'quoted', it's, rock 'n' roll",
  'price $5, $100 bill, 100$, cash $$$, £5, €5, ¥500',
  'mother-in-law, x-ray, t-shirt, -, --, ---, a - b, a -- b, a---b, re-entry',
  'a, b; c. d! e? f: g, "h": i',
  'underscore_words, snake_case_name, __, ___, _a_, a__b',
  '~, ~~, wave~, ♪, ★, ♥, →, …, •, ©, ®, ™, ½, é, ß, ñ, œ',
  'Ångström, façade, São Paulo, Zürich, Łódź, naïve café, Dvořák, Þór',
  '桜の木の下、制服の少女、青い空',
  '長い髪・青い目。「笑顔」【帽子】〜ー…',
  '一个女孩，长发，微笑，高质量',
  '벚꽃, 소녀, 교복',
  'девушка, длинные волосы, красное платье',
  'فتاة ذات شعر طويل',
  '👧🏻, 🌸✨, ❤️, 👨‍👩‍👧, 🇯🇵',
  // Weights and brackets.
  '(masterpiece), ((best quality)), (((detailed))), [blurry], [[sketch]]',
  '(red hair:1.2), (blue eyes: 1.3), (smile :0.8), (a:+1.1), (b:.9), (c:2), (d:-0.5)',
  '(a (b:1.2) c:1.1), ((a:1.2):1.1), ([a]:1.3), [(a:1.2)]',
  '(a, b, c:1.2), (a\\, b:1.1), (a:b:1.2), (16:9:1.1)',
  '(masterpiece:1.2),(best quality:1.2),1girl,solo,',
  ',, 1girl,, , solo,',
  '(:3:1.2), (^_^:1.1), (>:o:0.9)',
  'a\\(b\\), \\[c\\], \\\\, a \\(b\\) \\(c\\)',
  'a::b, ::, a ::, :: b, std::vector, re::creators',
  // Editing, alternation.
  '[cat:dog:0.5], [cat:dog:10], [cat::5], [::0.5], [dog:0.3], [cat|dog], [cat|dog|], [|cat]',
  '[a [b:c:0.3]:d:0.7], [(a:1.2):(b:1.3):0.5], ([a|b]:1.2), [a:b:.5], [a: b : 5]',
  'a [red:blue:0.5] car, [[a]:[b]:0.5], [a, b:c, d:0.25]',
  'fantasy [mountain:lake:0.25] with [an oak:a christmas tree:0.75][ in foreground::0.6]',
  '[from:to:when], [a:b:0.5:c]',
  // Keywords.
  'a forest BREAK a lake BREAK a mountain',
  'a cat AND a dog, a cat :1.2 AND a dog :0.8, a AND b :-0.5',
  'BREAKFAST, BRANDY, SAND AND SEA, break, and',
  // LoRA tags.
  '<lora:detail:1>, a <lora:style:0.5> b, <lora:detail:0.8:0.6>, <lora:style:-0.4>',
  '(<lora:detail:1>:1.2), <lora:detail>, <lora:detail:te=0.5:unet=0.8>, text<lora:style:1>',
  '<lora:detail:0.7> (red hair:1.2), [cat:dog:0.5] <lora:style:.5>',
  // Choices of sd-dynamic-prompts.
  '{red|green|blue} hair, {2::a|b}, {a|{b|c}}, {}, {a}, {2$$a|b|c}',
  // Text.
  'A photograph of an old man -- weathered, tired -- sitting by the sea.',
  'The quick brown fox; it jumps over the lazy dog! (And it lands.) Why? Because.',
  'masterpiece | best quality | 1girl | solo',
  'a < b, b > a, <3, <--, -->, ->, <-, =>, <>, < >, x<y',
  'a=b, a==b, 1+1=2, 2*3, 10%, 50/50, ^, ~, `code`, a`b',
  'portrait, by Greg Rutkowski and Alphonse Mucha, trending on ArtStation, octane render, 8k',
  'in the style of studio ghibli, art by artgerm & wlop, (makoto shinkai:0.8), unreal engine 5',
  'cinematic still, 35mm photograph, film grain, bokeh, professional, highly detailed, 4k',
  'cowboy shot, from below, dutch angle, depth of field, lens flare, (chromatic aberration:0.7)',
];

const TAGS = [
  '1girl',
  'solo',
  '2boys',
  'long hair',
  'blue eyes',
  'school uniform',
  'looking at viewer',
  'hair_ornament',
  'thigh-highs',
  'k-on!',
  'fate/stay night',
  'saber \\(fate\\)',
  're:zero',
  '2b \\(nier:automata\\)',
  'd&d',
  'score_9',
  'masterpiece',
  'best quality',
  'absurdres',
  '8k uhd',
  'f/1.8',
  '35mm',
  '16:9',
  '12:30',
  '50%',
  '18+',
  'by greg rutkowski',
  'art by wlop & artgerm',
  'trending on artstation',
  'c++',
  'https://example.com/a',
  'text "hello"',
  "it's",
  'a -- b',
  'x-ray',
  'café',
  '桜',
  '青い空',
  '一个女孩',
  '소녀',
  'девушка',
  '🌸',
  '♥',
  '...',
];
const EMOTICONS = [
  ':3',
  ':d',
  ':o',
  ';)',
  ':)',
  '>:)',
  '^_^',
  '>_<',
  '-_-',
  '+_+',
  '@_@',
  'o_o',
  ';d',
  ':p',
  '///',
  '^^^',
  '!?',
];

const tag = fc.constantFrom(...TAGS);
const weight = fc.constantFrom('0.5', '0.8', '1.1', '1.25', '1.3', '.9', '2');
const words = fc.oneof(
  tag,
  tag,
  fc.tuple(tag, tag).map((two) => two.join(', ')),
);
const step = fc.constantFrom('0.25', '0.5', '5', '10', '.7');

/** Text that can be inside brackets and between the colons of editing. */
const plain = words.filter((text) => !/[:|]/.test(text));

const piece = fc.oneof(
  { weight: 6, arbitrary: tag },
  { weight: 2, arbitrary: fc.constantFrom(...EMOTICONS) },
  fc.tuple(words, weight).map(([text, number]) => `(${text}:${number})`),
  words.map((text) => `(${text})`),
  words.map((text) => `((${text}))`),
  plain.map((text) => `[${text}]`),
  fc.tuple(plain, plain, step).map(([from, to, when]) => `[${from}:${to}:${when}]`),
  fc.tuple(plain, step).map(([to, when]) => `[${to}:${when}]`),
  fc.tuple(plain, step).map(([from, when]) => `[${from}::${when}]`),
  fc.tuple(plain, plain).map(([one, two]) => `[${one}|${two}]`),
  fc.tuple(plain, plain, weight, step).map(([one, two, number, when]) => `[(${one}:${number}):${two}:${when}]`),
  fc
    .tuple(fc.constantFrom('detail', 'style'), fc.constantFrom('1', '0.8', '-0.4', '0.8:0.6'))
    .map((tagParts) => `<lora:${tagParts.join(':')}>`),
);

const separator = fc.constantFrom(', ', ', ', ', ', ',', ' ', ',, ', ' , ', '. ', '; ', ' BREAK ', ' AND ');

/** One line of a prompt. */
const line = fc
  .tuple(tag, fc.array(fc.tuple(separator, piece), { maxLength: 8 }), fc.constantFrom('', '', ',', '.'))
  .map(([first, rest, end]) => first + rest.map((two) => two.join('')).join('') + end);

/** Files that people who use A1111 write: a prompt, or head, keyframes and tail. */
export const ordinaryText: fc.Arbitrary<string> = fc
  .record({
    head: fc.array(line, { maxLength: 3 }),
    keyframes: fc.array(line, { maxLength: 4 }),
    negative: fc.option(line.filter((text) => !text.includes('<lora'))),
    tail: fc.array(line, { maxLength: 2 }),
    newline: fc.constantFrom('\n', '\r\n'),
  })
  .map(({ head, keyframes, negative, tail, newline }) =>
    [
      '---',
      'frames: 64',
      '---',
      ...head.filter((text) => !/^\d|^:/.test(text)),
      ...keyframes.map((text, i) => `${i * 16}: ${text}${i === 1 && negative !== null ? ` --neg ${negative}` : ''}`),
      ...(keyframes.length > 0 ? tail.filter((text) => !/^\d|^:/.test(text)) : []),
      '',
    ].join(newline),
  );
