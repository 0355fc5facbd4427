import { describe, expect, it } from 'vitest';
import { wildcardLines, wildcardSteps } from '../../../grammar/wildcards/file.ts';

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
});
