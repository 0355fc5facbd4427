import { describe, expect, it } from 'vitest';
import { wildcardContent } from '../../../grammar/wildcards/content.ts';
import { decodeWildcardFile, wildcardLines, wildcardSteps } from '../../../grammar/wildcards/file.ts';

describe('the file of a wildcard', () => {
  it('is found by its name, only inside the folder', () => {
    expect(wildcardSteps('hair')).toEqual(['hair']);
    expect(wildcardSteps('body/hair')).toEqual(['body', 'hair']);
    expect(wildcardSteps('body\\hair')).toEqual(['body', 'hair']);
    for (const name of ['', '/etc/passwd', '../hair', 'a/../../b', 'a//b', 'hair\0'])
      expect(wildcardSteps(name)).toBeNull();
  });

  it('has one choice per line, without empty lines and comments', () => {
    const { choices } = wildcardContent(wildcardLines('# colours\r\nred\n\n  20::blue \rgreen'));
    expect(choices).toEqual([
      { text: 'red', weight: 1, line: 2 },
      { text: 'blue', weight: 20, line: 4 },
      { text: 'green', weight: 1, line: 5 },
    ]);
    expect(wildcardContent(wildcardLines('')).choices).toEqual([]);
  });

  it.each(['red\n=======\nblue', '<<<<<<<<\nred', '<<<<<<<x', 'a <<<<<<< b', '======= colors =======', '||||||| a'])(
    'has no conflict in %j',
    (text) => {
      expect(wildcardContent(wildcardLines(text)).conflicts).toEqual([]);
    },
  );

  it('has a conflict if git left its markers', () => {
    const text = 'a\r\n<<<<<<< HEAD\r\nb\r\n||||||| base\r\nc\r\n=======\r\nd\r\n>>>>>>> feature\r\n';
    expect(wildcardContent(wildcardLines(text)).conflicts).toEqual([
      { line: 2, what: '<<<<<<<' },
      { line: 4, what: '|||||||' },
      { line: 6, what: '=======' },
      { line: 8, what: '>>>>>>>' },
    ]);
  });

  it.each([
    ['UTF-16 without a byte order mark', [0x61, 0x00, 0x62, 0x00]],
    ['UTF-8 that was read as Windows-1252', [...new TextEncoder().encode('na\u00c3\u00afve')]],
    ['UTF-8 that was read as Windows-1252, quotes', [...new TextEncoder().encode('it\u00e2\u20ac\u2122s')]],
    ['replacement characters', [...new TextEncoder().encode('caf\ufffd')]],
    ['Shift JIS', [0x8d, 0xf7, 0x82, 0xcc, 0x89, 0xd4]],
    ['GBK', [0xd3, 0xa3, 0xbb, 0xa8, 0xca, 0xf7]],
    ['KOI8-R', [0xcc, 0xc9, 0xd3, 0xc1, 0xd7, 0xc1]],
  ])('is damaged if it is in %s', (_, bytes) => {
    const text = `ok\n${decodeWildcardFile(new Uint8Array(bytes))}`;
    expect(wildcardContent(wildcardLines(text)).damage?.line).toBe(2);
  });

  it.each(['café, naïve, Ångström, ÇA VA, œuvre', '桜の花', 'лисица', '“quotes” – dashes…', 'Â la carte', '½ £5 ©®'])(
    'is not damaged if it contains %j',
    (text) => {
      expect(wildcardContent([text]).damage).toBeNull();
    },
  );

  it.each([
    ['UTF-8', [0xc3, 0xa9]],
    ['UTF-8 with a byte order mark', [0xef, 0xbb, 0xbf, 0xc3, 0xa9]],
    ['UTF-16, little-endian', [0xff, 0xfe, 0xe9, 0x00]],
    ['UTF-16, big-endian', [0xfe, 0xff, 0x00, 0xe9]],
    ['Latin-1', [0xe9]],
  ])('can be in %s', (_, bytes) => {
    expect(wildcardLines(decodeWildcardFile(new Uint8Array(bytes)))).toEqual(['é']);
  });
});
