import { describe, expect, it } from 'vitest';
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
    expect(wildcardLines('# colours\r\nred\n\n  blue \rgreen')).toEqual(['red', 'blue', 'green']);
    expect(wildcardLines('')).toEqual([]);
  });

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
